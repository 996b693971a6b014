import { posix } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';

/**
 * Globs of the template files that may have a say in an image: those that it was rendered from, and those that went
 * before them until they were deleted, which is a partial of the same name in another folder or a further file in the
 * release type's folder. All paths are relative to the workspace.
 */
export function reachableTemplates(
  templates: readonly string[],
  releaseType: string,
  templateRoots: readonly string[],
): string[] {
  const patterns = new Set(templates.map(literalGlob));
  for (const path of templates) {
    const root = templateRoots.find((folder) => path.startsWith(`${folder}/`));
    if (root !== undefined) {
      patterns.add(`${literalGlob(root)}/**/${literalGlob(posix.relative(root, path))}`);
    }
    if (path.endsWith(`/${releaseType}/Dockerfile.liquid`)) {
      patterns.add(`${literalGlob(posix.dirname(path))}/**/*`);
    }
  }
  return [...patterns];
}
