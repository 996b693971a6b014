import { isObject } from '@nx-image-matrix/engine/unknown';
import type { ImageMetadata } from '../types.ts';

/** What the plugin has written into an image's project, all of it or nothing; `undefined` for any other project. */
export function imageMetadata({ metadata }: { metadata?: object }): ImageMetadata | undefined {
  return isObject(metadata) && isImage(metadata['image']) ? metadata['image'] : undefined;
}

function isImage(image: unknown): image is ImageMetadata {
  return isObject(image);
}
