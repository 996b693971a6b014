import { join } from 'node:path';
import { readSuite } from '@nx-image-matrix/container-test';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { FileRenderer } from '@nx-image-matrix/templates';
import { readRegularFile } from '../../fs/read-file.ts';
import { sourceReader } from '../../workspace/source-reader.ts';

/**
 * Renders a test file that is not written yet for all images that will have it.
 * @throws Error with all diagnostics if it is not a valid test file for one of them
 */
export function checkRendered(root: string, path: string, text: string, images: readonly Image[]): void {
  const own = join(root, path);
  const renderer = new FileRenderer(root, (file, limit) =>
    file === own ? Buffer.from(text) : readRegularFile(file, limit, { within: root }),
  );
  for (const image of images) {
    const rendered = renderer.render(path, image);
    const found = rendered.text === undefined ? [] : readSuite(rendered.text, path).diagnostics;
    const errors = [...rendered.diagnostics, ...found].filter(({ severity }) => severity === 'error');
    if (errors.length === 0) continue;
    const shown = formatDiagnostics(errors, sourceReader(root, new Map([[path, rendered.text ?? text]])));
    throw new Error(`${path} would have errors for ${image.name}; nothing was written.\n\n${shown}`);
  }
}
