import type { TagFacts, Verdict } from './tag-facts.ts';

/** What counts for the tags of a staging repository. */
export interface StagingRules {
  /** Days. */
  keep: number;
  /** Build IDs of the current files, as tags. */
  current: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  now: number;
}

/** Milliseconds. */
const DAY = 86_400_000;

/** Whether a tag of a staging repository is a build ID. */
export function isBuildId(tag: string): boolean {
  return /^[0-9a-f]{64}$/.test(tag);
}

/** What the rules say of a tag of a staging repository: an old build ID that is not of the current files goes. */
export function oldStaged({ tag, created }: TagFacts, { keep, current, now }: StagingRules): Verdict {
  if (!isBuildId(tag)) return { stays: 'unmatched' };
  if (current.has(tag)) return { stays: 'current' };
  if (created === undefined) return { stays: 'undated' };
  const days = Math.floor((now - created) / DAY);
  return days < keep ? { stays: 'young' } : { goes: `${days} days old` };
}
