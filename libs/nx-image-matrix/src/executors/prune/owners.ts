import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import type { Image } from '@nx-image-matrix/manifest';

/** What a tag of an image looks like in all runs and versions. */
export interface TagPattern {
  /** With `*` for what differs. */
  text: string;
  /** Whether it is of a floating tag. */
  isFloating: boolean;
  /** Whether the tag uses the release version. */
  isVersioned: boolean;
}

/** An image whose tags a repository has. */
export interface Owner {
  /** Its project. */
  image: string;
  manifest: string;
  releaseType: string;
  patterns: readonly TagPattern[];
  /** Whether the release version is not given. */
  isUnversioned: boolean;
}

/** An image, and which of its tags a tag looks like. */
export interface Ownership {
  owner: Owner;
  pattern: TagPattern;
}

/** Stands for the release version where the tags of all versions are wanted; a tag may use only a part of it. */
export const ANY_VERSION = '8675309.8675309.8675309';
const anyVersion = /8675309(?:\.8675309)*/g;

/** The patterns of the tags that an image of any version has. */
export function tagPatterns({ tags, floatingTags }: Pick<Image, 'floatingTags' | 'tags'>): TagPattern[] {
  const patternOf = (tag: string, isFloating: boolean): TagPattern => {
    const text = tag.replaceAll(/\{\{[^}]*\}\}/g, '*').replaceAll(anyVersion, '*');
    return { text, isFloating, isVersioned: tag.search(anyVersion) >= 0 };
  };
  return [...floatingTags.map((tag) => patternOf(tag, true)), ...tags.map((tag) => patternOf(tag, false))];
}

/** The image that a tag is of: the one whose pattern has the longest text in common; the first by name of several. */
export function ownerOf(tag: string, owners: readonly Owner[]): Ownership | undefined {
  let best: Ownership | undefined;
  let length = -1;
  for (const owner of owners.toSorted((a, b) => (a.image < b.image ? -1 : 1))) {
    for (const pattern of owner.patterns) {
      const own = pattern.text.replaceAll('*', '').length;
      if (own > length && matchesWildcard(pattern.text, tag)) [best, length] = [{ owner, pattern }, own];
    }
  }
  return best;
}

/**
 * What tags of one image have in common, for a tag that is of no image of the workspace: its words, with `*` for numbers,
 * dates, versions and commits.
 */
export function seriesOf(tag: string): string {
  const isValue = (word: string): boolean =>
    /^\d[\d.TZ]*$/.test(word) || (/^[0-9a-f]{7,64}$/.test(word) && /\d/.test(word));
  return tag
    .split(/([-_])/)
    .map((word) => (isValue(word) ? '*' : word))
    .join('');
}
