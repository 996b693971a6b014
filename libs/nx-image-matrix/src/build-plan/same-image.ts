/** Which image is meant: the engine's, the staged one, or one that is both. */
export interface ImageIdentity {
  imageId?: string;
  /** Its digest in the staging repository. */
  digest?: string;
}

/** Whether what was recorded of an image, such as a pass of its tests, is of this image. */
export function isSameImage(
  record: { imageId?: unknown; digest?: unknown },
  { imageId, digest }: ImageIdentity,
): boolean {
  return (imageId !== undefined && record.imageId === imageId) || (digest !== undefined && record.digest === digest);
}
