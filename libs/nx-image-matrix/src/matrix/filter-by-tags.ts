import { suggest } from '@nx-image-matrix/diagnostics';
import { matchesWildcard } from '@nx-image-matrix/dockerfile';

/** An item with Nx tags. */
interface Tagged {
  nxTags: readonly string[];
}

interface Pattern {
  text: string;
  /** The part before the colon. */
  key: string;
  negated: boolean;
  matches: (tag: string) => boolean;
}

/** The remaining items, or why a filter is invalid. */
export type Filtered<T> = { kept: T[]; problem?: undefined } | { kept?: undefined; problem: string };

/**
 * The items with the wanted tags: for every key, any of its patterns (`distro:debian`, `distro:alpine`). `*` matches
 * any text, and `!` before a pattern excludes items with that tag.
 */
export function filterByTags<T extends Tagged>(items: readonly T[], wanted: readonly string[]): Filtered<T> {
  const patterns = wanted.flatMap((text) => text.split(',')).flatMap((text) => parsePattern(text.trim()));
  const tags = new Set(items.flatMap(({ nxTags }) => nxTags));
  const idle = patterns.find(({ matches }) => ![...tags].some(matches));
  if (idle) return { problem: describeIdle(idle, [...tags]) };
  const excluded = patterns.filter(({ negated }) => negated);
  const groups = groupByKey(patterns.filter(({ negated }) => !negated));
  return {
    kept: items.filter(
      ({ nxTags }) => groups.every((group) => matchesAny(nxTags, group)) && !matchesAny(nxTags, excluded),
    ),
  };
}

function parsePattern(text: string): Pattern[] {
  const negated = text.startsWith('!');
  const wildcard = negated ? text.slice(1) : text;
  if (wildcard === '') return [];
  return [{ text: wildcard, key: keyOf(wildcard), negated, matches: (tag) => matchesWildcard(wildcard, tag) }];
}

function keyOf(tag: string): string {
  return tag.split(':', 1).join();
}

function groupByKey(patterns: readonly Pattern[]): Pattern[][] {
  const groups = new Map<string, Pattern[]>();
  for (const pattern of patterns) groups.set(pattern.key, [...(groups.get(pattern.key) ?? []), pattern]);
  return [...groups.values()];
}

function matchesAny(tags: readonly string[], patterns: readonly Pattern[]): boolean {
  return patterns.some(({ matches }) => tags.some(matches));
}

function describeIdle({ text, key }: Pattern, tags: readonly string[]): string {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const ofKey = tags.filter((tag) => keyOf(tag) === key).sort(compare);
  const known =
    ofKey.length > 0
      ? `There are ${ofKey.join(', ')}.`
      : `Tags begin with ${[...new Set(tags.map((tag) => `${keyOf(tag)}:`))].sort(compare).join(', ')}.`;
  const nearest = text.includes('*') ? undefined : suggest(text, tags);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `No image has the tag "${text}". ${known}${hint}`;
}
