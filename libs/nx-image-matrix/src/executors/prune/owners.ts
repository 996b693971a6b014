import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import type { Image } from '@nx-image-matrix/manifest';

/** An image whose tags a repository has. */
export interface Owner {
  /** Its project. */
  image: string;
  manifest: string;
  releaseType: string;
  /** Its tags of all runs and versions, with `*` for what differs. */
  patterns: readonly string[];
  /** Whether its tags use a release version that is not given. */
  isUnversioned: boolean;
}

/** Stands for the release version where the tags of all versions are wanted; a tag may use only a part of it. */
export const ANY_VERSION = '8675309.8675309.8675309';

/** Tags with `*` in the place of what differs from run to run, and from version to version. */
export function tagPatterns({ tags }: Pick<Image, 'tags'>): string[] {
  return tags.map((tag) => tag.replaceAll(/\{\{[^}]*\}\}|8675309(?:\.8675309)*/g, '*'));
}

/** The image that a tag is of: the one whose pattern has the longest text in common; the first by name of several. */
export function ownerOf(tag: string, owners: readonly Owner[]): Owner | undefined {
  let best: Owner | undefined;
  let length = -1;
  for (const owner of owners.toSorted((a, b) => (a.image < b.image ? -1 : 1))) {
    for (const pattern of owner.patterns) {
      const own = pattern.replaceAll('*', '').length;
      if (own > length && matchesWildcard(pattern, tag)) [best, length] = [owner, own];
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
