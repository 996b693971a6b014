import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import type { Retention } from '@nx-image-matrix/manifest';
import { ownerOf, seriesOf, type Owner } from './owners.ts';
import type { TagFacts, Verdict } from './tag-facts.ts';

/** What a manifest says of the tags of one repository. */
export interface RetentionRules {
  manifest: string;
  /** By release type. */
  retention: ReadonlyMap<string, Retention>;
  /** All images of the workspace that are pushed there. */
  owners: readonly Owner[];
  /** Floating tags of these images, as they are now. */
  floating: ReadonlySet<string>;
  /** Tags that a push of the current files gives them. */
  pushed: ReadonlySet<string>;
}

/** A tag that may go, and with which others it counts. */
interface Candidate extends TagFacts {
  created: number;
  keep: number;
  group: string;
  isUnversioned: boolean;
}

/** Whether a rule of a repository can concern a tag, so that its image has to be read. */
export function isMatched({ retention }: Pick<RetentionRules, 'retention'>, tag: string): boolean {
  return [...retention.values()].some(({ pattern }) => matchesWildcard(pattern, tag));
}

/**
 * What the rules say of each tag: of the tags of one image that match the pattern of its release type, all but the newest
 * go. Tags with the same time are ordered by name.
 */
export function oldTags(facts: readonly TagFacts[], rules: RetentionRules): Map<string, Verdict> {
  const verdicts = new Map<string, Verdict>();
  const groups = new Map<string, Candidate[]>();
  for (const fact of facts) {
    const found = judge(fact, rules);
    if ('stays' in found) verdicts.set(fact.tag, found);
    else groups.set(found.group, [...(groups.get(found.group) ?? []), found]);
  }
  for (const candidates of groups.values()) {
    candidates.sort((a, b) => b.created - a.created || (a.tag < b.tag ? 1 : -1));
    for (const [index, candidate] of candidates.entries()) verdicts.set(candidate.tag, verdictOf(candidate, index));
  }
  return verdicts;
}

function judge(fact: TagFacts, rules: RetentionRules): Candidate | Exclude<Verdict, { goes: string }> {
  const { tag, created } = fact;
  if (!isMatched(rules, tag)) return { stays: 'unmatched' };
  if (rules.floating.has(tag)) return { stays: 'floating' };
  if (rules.pushed.has(tag)) return { stays: 'pushed' };
  const { owner, pattern } = ownerOf(tag, rules.owners) ?? {};
  if (pattern?.isFloating) return { stays: 'floating' };
  const rule = ruleFor(tag, owner, rules);
  if (!rule) return { stays: 'other', ...(owner && { why: `a tag of ${owner.image}` }) };
  if (created === undefined) return { stays: 'undated' };
  const group = owner?.image ?? seriesOf(tag);
  return {
    ...fact,
    created,
    keep: rule.keep,
    group,
    isUnversioned: Boolean(owner?.isUnversioned && pattern?.isVersioned),
  };
}

/** The rule for a tag; of several for one that is of no image, the one that keeps most. */
function ruleFor(
  tag: string,
  owner: Owner | undefined,
  { manifest, retention }: RetentionRules,
): Retention | undefined {
  const types = owner ? (owner.manifest === manifest ? [owner.releaseType] : []) : [...retention.keys()];
  return types
    .flatMap((type) => retention.get(type) ?? [])
    .filter(({ pattern }) => matchesWildcard(pattern, tag))
    .sort((a, b) => b.keep - a.keep)
    .at(0);
}

function verdictOf({ keep, group, isUnversioned }: Candidate, index: number): Verdict {
  if (index < keep) return { stays: 'newest' };
  if (isUnversioned) return { stays: 'unversioned' };
  return {
    goes: `older than the ${keep === 1 ? 'newest' : `${keep} newest`} of ${group}`,
  };
}
