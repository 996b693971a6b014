import { join } from 'node:path';
import type { GeneratedImage } from '../../matrix/generate-image.ts';
import { writeImage } from '../../matrix/write-image.ts';

/**
 * Writes the missing and stale files of images, each image wholly or not at all, and returns the workspace-relative
 * folders of those that were written.
 * @throws Error that names the file, if one cannot be written.
 */
export function writeStaleImages(root: string, images: readonly GeneratedImage[]): string[] {
  return images.flatMap(({ document: { folder }, rendered }) =>
    writeImage(root, join(root, folder), rendered).length > 0 ? [folder] : [],
  );
}
