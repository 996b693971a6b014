import { posix, relative } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { ManifestImages } from './images-of.ts';

/** An error for each file of a manifest that is a build secret of an image: its content would be readable. */
export function secretParts(
  workspaceRoot: string,
  { contextDir, images = [], parts }: Pick<ManifestImages, 'contextDir' | 'images' | 'parts'>,
): Diagnostic[] {
  if (parts.files.length === 0) return [];
  const secrets = new Map(images.flatMap(({ secrets: own }) => own).map(({ id, src = '' }) => [src, id]));
  return [...secrets].flatMap(([src, id]): Diagnostic[] => {
    const path = posix.isAbsolute(src) ? relative(workspaceRoot, src) : posix.join(contextDir, src);
    // Inputs include the targets of links.
    if (src === '' || !parts.inputs.includes(literalGlob(path))) return [];
    return [
      {
        code: 'secret-in-build',
        severity: 'error',
        file: path,
        line: 1,
        column: 1,
        message: `${path} is a file of the manifest, and the build secret \`${id}\``,
        hint: 'keep the secret in a file of its own, and change it: it may have been seen already',
        conceal: true,
      },
    ];
  });
}
