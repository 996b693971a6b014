import { posix } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';

/**
 * Globs of the template files that can affect an image: those that it was rendered from, and those that would take
 * precedence if they existed or did before they were deleted, which are partials of the same name in another folder and
 * extra files in the folder of the template. All paths are relative to the workspace.
 */
export function reachableTemplates(
  templates: readonly string[],
  template: string,
  templateRoots: readonly string[],
): string[] {
  const patterns = new Set(templates.map(literalGlob));
  for (const path of templates) {
    const root = templateRoots.find((folder) => path.startsWith(`${folder}/`));
    if (root !== undefined) {
      patterns.add(`${literalGlob(root)}/**/${literalGlob(posix.relative(root, path))}`);
    }
    if (path.endsWith(`/${template}/Dockerfile.liquid`)) {
      patterns.add(`${literalGlob(posix.dirname(path))}/**/*`);
    }
  }
  return [...patterns];
}
