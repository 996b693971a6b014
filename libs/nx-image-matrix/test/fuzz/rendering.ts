import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, posix } from 'node:path';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { hasErrors } from '../../src/matrix/has-errors.ts';
import { readMatrices } from '../../src/matrix/read-matrices.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { writeFile } from './checkout.ts';

/** One image, rendered by the libraries. */
export interface RenderedImage {
  name: string;
  manifest: string;
  reference: string;
  pushed: boolean;
  /** Workspace-relative. */
  contextDir: string;
  folder: string;
  /** Path -> mode and content. */
  files: Map<string, { content: string | Buffer; executable: boolean }>;
  args: Record<string, string>;
  /** Text of the context's own `.dockerignore`. */
  dockerignore: string;
}

export type Rendering = ReadonlyMap<string, RenderedImage>;

/** Renders what is on disk, or returns its errors. */
export function renderWorkspace(root: string, manifests: readonly string[]): Rendering | string {
  const { matrices, diagnostics } = readMatrices(root, manifests, resolveOptions({}), {});
  if (hasErrors(diagnostics)) return formatDiagnostics(diagnostics, () => undefined);
  const images = matrices.flatMap(({ file: manifest, contextDir, images: generated }) => {
    const ignoreFile = join(root, contextDir, '.dockerignore');
    const dockerignore = existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8') : '';
    return generated.map(({ image, document, rendered }): RenderedImage => {
      const folder = posix.join(contextDir, image.dir);
      const files = new Map(rendered.map(({ path, content, executable }) => [path, { content, executable }]));
      const { name, reference, push: pushed } = image;
      return { name, manifest, reference, pushed, contextDir, folder, files, args: document.args, dockerignore };
    });
  });
  return new Map(images.map((image) => [image.name, image]));
}

/** Makes the generated folders match a rendering, after those of another one. */
export function regenerate(root: string, before: Rendering, rendering: Rendering): void {
  for (const { folder } of [...before.values(), ...rendering.values()]) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  for (const { folder, files } of rendering.values()) {
    for (const [path, { content, executable }] of files)
      writeFile(join(root, folder, path), content, executable ? 0o755 : 0o644);
  }
}
