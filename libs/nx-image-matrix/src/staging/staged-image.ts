import type { Manifest } from '@nx-image-matrix/engine';

/** A built image in a staging repository. */
export interface StagedImage {
  /** `ghcr.io/acme/staging:<build ID>` */
  reference: string;
  digest: string;
  /** The digests of its own parents there, sorted. */
  parents: readonly string[];
  /** Absent if the image is there under its tag; else what it is joined from. */
  joined?: JoinedImage;
}

/** An image of several platforms of which each is staged by itself. */
interface JoinedImage {
  /** The index that is not there; absent if one platform is the whole image. */
  index?: Manifest;
  /** The image of each platform, in the order of the manifest. */
  parts: readonly Location[];
}

/** Where an image is in the repository. */
export type Location = Pick<StagedImage, 'reference' | 'digest'>;

/** Whether two sorted lists of digests are the same. */
export function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
