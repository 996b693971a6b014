import { subjectOf } from '@nx-image-matrix/engine';
import { goes, type PlannedTag } from './tag-facts.ts';

/** An image that goes, with all of its tags. */
export interface Removal {
  digest: string;
  tags: string[];
  /** Digests of images that have to be deleted before. */
  after: string[];
}

/**
 * The images to delete, in order: an index before the images that it names, an image before those that it was built on, and
 * before what is attached to it. So nothing that is left lacks something.
 */
export function removalsOf(planned: readonly PlannedTag[]): Removal[] {
  const going = planned.filter(goes);
  const byDigest = new Map<string, PlannedTag[]>();
  for (const tag of going) byDigest.set(tag.digest, [...(byDigest.get(tag.digest) ?? []), tag]);
  /** Images that name a digest or were built on it. */
  const users = new Map<string, Set<string>>();
  for (const { tag, digest, refersTo, parents } of going) {
    // What is attached does not hold its image.
    if (subjectOf(tag) !== undefined) continue;
    for (const used of [...refersTo, ...parents]) users.set(used, (users.get(used) ?? new Set()).add(digest));
  }
  const removals = [...byDigest].map(([digest, tags]): Removal => {
    const subjects = tags.flatMap(({ tag }) => subjectOf(tag) ?? []);
    const before = [digest, ...subjects].flatMap((used) => [...(users.get(used) ?? [])]);
    const after = [...before, ...subjects].filter((other) => other !== digest && byDigest.has(other));
    return {
      digest,
      tags: tags.map(({ tag }) => tag),
      after: [...new Set(after)],
    };
  });
  return inOrder(removals);
}

function inOrder(removals: readonly Removal[]): Removal[] {
  const ordered = new Map<string, Removal>();
  for (let left = removals; left.length > 0;) {
    const next = left.filter(({ after }) => after.every((digest) => ordered.has(digest)));
    // Digests cannot name each other in a circle, but labels are free text.
    for (const removal of next.length > 0 ? next : left) ordered.set(removal.digest, removal);
    left = left.filter(({ digest }) => !ordered.has(digest));
  }
  return [...ordered.values()];
}
