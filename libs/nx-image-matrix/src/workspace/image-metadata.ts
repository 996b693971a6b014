import { isObject } from '@nx-image-matrix/engine/unknown';
import type { ImageMetadata } from '../types.ts';

/** The plugin's metadata of an image project, if complete; `undefined` for any other project. */
export function imageMetadata({ metadata }: { metadata?: object }): ImageMetadata | undefined {
  return isObject(metadata) && isImage(metadata['image']) ? metadata['image'] : undefined;
}

function isImage(image: unknown): image is ImageMetadata {
  return isObject(image);
}
