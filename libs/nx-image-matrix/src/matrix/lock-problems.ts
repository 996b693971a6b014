import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { ImageReference } from '@nx-image-matrix/dockerfile';
import { lockedDigest, type BaseLock, type LockedBase } from '@nx-image-matrix/manifest';
import { externalReferences } from './external-references.ts';
import type { GeneratedImage } from './generate-image.ts';

interface LockContext {
  /** Workspace-relative path. */
  lockFile: string;
  isOwn: (reference: string) => boolean;
}

/** A warning for each external base that an `images.lock` does not pin, with the first image that names it. */
export function unlockedBases(
  images: readonly GeneratedImage[],
  lock: BaseLock,
  { lockFile, isOwn }: LockContext,
): { image: GeneratedImage; warning: Diagnostic }[] {
  return [...externalReferences(images, isOwn).values()].map(({ reference, image, others }) => ({
    image,
    warning: {
      code: 'unlocked-base',
      severity: 'warning',
      file: `${image.document.folder}/Dockerfile`,
      line: reference.line,
      column: reference.column,
      ...wordsFor(reference, lock, lockFile, namesOf(image.image.name, others.length)),
    },
  }));
}

function wordsFor(
  { reference, written, unknown }: ImageReference,
  lock: BaseLock,
  lockFile: string,
  images: string,
): { message: string; hint: string } {
  if (unknown) {
    return {
      message: `\`${written}\` of ${images} is a different image for each ${unknown.join(', ')}, which ${lockFile} cannot pin`,
      hint: 'name one image, or append the digest of an index for all platforms',
    };
  }
  if (lockedDigest(lock, reference)) {
    return {
      message: `\`${reference}\` of ${images} is in ${lockFile}, but its place in the Dockerfile cannot take a digest`,
      hint: 'write the reference into the instruction, or into the default of one `ARG`',
    };
  }
  return {
    message: `\`${reference}\` of ${images} is not in ${lockFile}, so the image changes when the base does`,
    hint: 'run docker-refresh',
  };
}

function namesOf(first: string, others: number): string {
  return others === 0 ? `\`${first}\`` : `\`${first}\` and ${others} more ${others === 1 ? 'image' : 'images'}`;
}

/** An error for each line of an `images.lock` that names an image of this workspace. */
export function ownBases(lock: BaseLock, { lockFile, isOwn }: LockContext): Diagnostic[] {
  return [...lock.values()]
    .filter(({ reference }) => isOwn(reference))
    .map(({ reference, line, column }: LockedBase) => ({
      code: 'bad-lock',
      severity: 'error',
      file: lockFile,
      line,
      column,
      message: `\`${reference}\` is an image of this workspace, which has a new digest with every build`,
      hint: 'remove the line',
    }));
}
