import { readPattern, type Pattern } from './pattern.ts';
import type { Rule } from './rules.ts';

/**
 * The result of each rule for a folder. BuildKit evaluates a rule only if it can change the result, and not again below
 * a folder that it matched; so a rule that was not evaluated for a folder does not apply below it.
 */
export type Matches = readonly boolean[];

export interface Verdict {
  matched: boolean;
  matches: Matches;
  /** Index of the rule that decides. */
  decisive: number;
}

/** `MatchesUsingParentResults` of github.com/moby/patternmatcher, which BuildKit uses to walk a context. */
export function matchBelow(
  rules: readonly Pick<Rule, 'letsIn' | 'pattern'>[],
  path: string,
  parent?: Matches,
): Verdict {
  const matches: boolean[] = [];
  let matched = false;
  let decisive = -1;
  for (const [index, { letsIn, pattern }] of rules.entries()) {
    const matchedAbove = parent?.[index] === true;
    const match = matchedAbove || (letsIn === matched && pattern.matches(path));
    matches.push(match);
    if (!match) continue;
    matched = !letsIn;
    decisive = index;
  }
  return { matched, matches, decisive };
}

/** `MatchesOrParentMatches`, which BuildKit uses to open a file; where it differs from the walk, the file is empty. */
export function matchWithParents(rules: readonly Pick<Rule, 'letsIn' | 'pattern'>[], path: string): boolean {
  const ancestors = withFolders(path);
  let matched = false;
  for (const { letsIn, pattern } of rules) {
    if (letsIn === matched && ancestors.some((ancestor) => pattern.matches(ancestor))) matched = !letsIn;
  }
  return matched;
}

/** A path and the folders above it, from the top. */
export function withFolders(path: string): string[] {
  const segments = path.split('/');
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/**
 * Whether the walk enters a folder that is itself excluded: only if something in it may match one of the patterns.
 * Plain paths are compared by prefix, as in `filterFS.Walk` of github.com/tonistiigi/fsutil; where BuildKit walks
 * everything, skips folders in which nothing can match.
 */
export function createWalkRule(patterns: readonly Pattern[]): (folder: string) => boolean {
  const prefixes = patterns.map(({ text }) => withoutTrailingGlob(text));
  if (prefixes.every((prefix) => !SIGNS.test(prefix))) {
    return (folder) => prefixes.some((prefix) => `${prefix}/`.startsWith(`${folder}/`));
  }
  const reaches = patterns.map(reachesBelow);
  return (folder) => reaches.some((reach) => reach(folder));
}

/** Whether a pattern may match something below a folder that it does not match itself. */
export function reachesBelow({ text }: Pattern): (folder: string) => boolean {
  const segments = text.split('/').map((segment) => (CROSSING.test(segment) ? undefined : readPattern(segment)));
  return (folder) => {
    const names = folder.split('/');
    for (const [index, name] of names.entries()) {
      if (index >= segments.length) return false;
      const segment = segments[index];
      if (segment === undefined) return true;
      if (!segment.matches(name)) return false;
    }
    return segments.length > names.length;
  };
}

/** The result of a walk: what is copied and not excluded. */
export interface ContextFilter {
  /** Enters the top folder of the context if `parent` is absent. */
  enter(path: string, parent?: FolderState): { isIn: boolean; state: FolderState };
  /** Whether a folder must be read. */
  goesInto(path: string, verdict: { isIn: boolean; state: FolderState }): boolean;
}

/** The results for a folder, for its content. */
export interface FolderState {
  included?: Verdict;
  excluded: Verdict;
}

/**
 * What BuildKit sends of a context: those of the given paths (all if absent; github.com/moby/buildkit names them in
 * `FollowPaths`, links followed) that the rules do not exclude.
 */
export function createContextFilter(rules: readonly Rule[], included?: readonly string[]): ContextFilter {
  const copied = included?.flatMap((path) => includedRule(path));
  const walksForCopied = createWalkRule(copied?.map(({ pattern }) => pattern) ?? []);
  const walksForException = createWalkRule(rules.filter(({ letsIn }) => letsIn).map(({ pattern }) => pattern));
  return {
    enter(path, parent) {
      const includedHere = copied && matchBelow(copied, path, parent?.included?.matches);
      const excluded = matchBelow(rules, path, parent?.excluded.matches);
      return {
        isIn: includedHere?.matched !== false && !excluded.matched,
        state: { ...(includedHere && { included: includedHere }), excluded },
      };
    },
    goesInto(path, { state: { included: here, excluded } }) {
      if (here?.matched === false && !walksForCopied(path)) return false;
      return !excluded.matched || walksForException(path);
    },
  };
}

/** Docker also treats a path that begins with `!` as an exception here; it adds nothing. */
function includedRule(path: string): Pick<Rule, 'letsIn' | 'pattern'>[] {
  const letsIn = path.startsWith('!');
  const pattern = readPattern(letsIn ? path.slice(1) : path);
  return pattern ? [{ letsIn, pattern }] : [];
}

const SIGNS = /[*[\]?^\\]/;
/** A segment that may match a slash. */
const CROSSING = /\*\*|[[\]^\\|{}]/;

function withoutTrailingGlob(pattern: string): string {
  const shorter = pattern.endsWith('/**') ? pattern.slice(0, -3) : pattern;
  return shorter.endsWith('/*') ? shorter.slice(0, -2) : shorter;
}
