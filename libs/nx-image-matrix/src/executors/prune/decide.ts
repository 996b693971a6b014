import { subjectOf } from '@nx-image-matrix/engine';
import type { PlannedTag, TagFacts, Verdict } from './tag-facts.ts';

/**
 * What happens to the tags of a repository, given what the rules say of each. An image is deleted by its digest, with all
 * of its tags, so it stays if one of them does, or if an image that stays names it or was built on it. What is attached to
 * an image by its name (signatures, lists of referrers) goes with it, and only with it.
 */
export function decide(facts: readonly TagFacts[], verdictOf: (tag: TagFacts) => Verdict): PlannedTag[] {
  const verdicts = new Map<TagFacts, Verdict>(facts.map((fact) => [fact, firstVerdict(fact, verdictOf)]));
  for (let changed = true; changed;) {
    const known = effectsOf(verdicts);
    changed = false;
    for (const [fact, verdict] of verdicts) {
      const stays = 'goes' in verdict && reasonToStay(fact, known);
      if (stays) verdicts.set(fact, stays);
      changed ||= Boolean(stays);
    }
  }
  return facts.map((fact) => ({
    ...fact,
    verdict: verdicts.get(fact) ?? { stays: 'unmatched' },
  }));
}

function firstVerdict(fact: TagFacts, verdictOf: (tag: TagFacts) => Verdict): Verdict {
  const subject = subjectOf(fact.tag);
  return subject === undefined ? verdictOf(fact) : { goes: `belongs to ${subject}, which goes` };
}

interface Effects {
  /** Digests that stay, with a tag of each. */
  kept: ReadonlyMap<string, string>;
  /** Digests that something that stays needs, with a tag of that. */
  needed: ReadonlyMap<string, string>;
  /** Digests that go, with those that they name. */
  gone: ReadonlySet<string>;
}

function effectsOf(verdicts: ReadonlyMap<TagFacts, Verdict>): Effects {
  const kept = new Map<string, string>();
  const needed = new Map<string, string>();
  const gone = new Set<string>();
  for (const [{ tag, digest, refersTo, parents }, verdict] of verdicts) {
    if ('stays' in verdict) {
      kept.set(digest, tag);
      for (const other of [...refersTo, ...parents]) needed.set(other, tag);
    } else if (subjectOf(tag) === undefined) {
      for (const other of [digest, ...refersTo]) gone.add(other);
    }
  }
  return { kept, needed, gone };
}

function reasonToStay({ tag, digest }: TagFacts, { kept, needed, gone }: Effects): Verdict | undefined {
  const [same, user] = [kept.get(digest), needed.get(digest)];
  if (same !== undefined) return { stays: 'shared', why: `the same image as ${same}` };
  if (user !== undefined) return { stays: 'needed', why: `${user} needs it` };
  const subject = subjectOf(tag);
  if (subject === undefined || (gone.has(subject) && !kept.has(subject) && !needed.has(subject))) return undefined;
  return { stays: 'attached', why: `belongs to ${subject}` };
}
