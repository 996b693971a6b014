import { join } from 'node:path';
import type { GeneratedImage } from '../../matrix/generate-image.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { writeImage } from '../../matrix/write-image.ts';

/**
 * Writes the missing and stale files of images, each image wholly or not at all, and returns the workspace-relative
 * folders of those that were written.
 * @throws Error that names the file, if one cannot be written.
 */
export function writeStaleImages(
  root: string,
  matrices: readonly Matrix<GeneratedImage>[],
  isWanted: (project: string) => boolean,
): string[] {
  return matrices
    .flatMap(({ images }) => images)
    .filter(({ image }) => isWanted(image.name))
    .flatMap(({ document: { folder }, rendered }) =>
      writeImage(root, join(root, folder), rendered).length > 0 ? [folder] : [],
    );
}
