import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { expandImages, parseManifest, type Image } from '@nx-image-matrix/manifest';
import { hasErrors } from '../matrix/read-matrices.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';

/**
 * The images of a manifest that is not on disk yet.
 * @throws Error with all diagnostics, when it has errors.
 */
export function checkedImages(text: string, file: string, options: ResolvedOptions, intro = ''): Image[] {
  const parsed = parseManifest(text, file);
  const expanded =
    parsed.manifest &&
    expandImages(parsed.manifest, {
      version: options.version,
      prefix: typeof options.prefix === 'string' ? options.prefix : options.prefix[file],
      cudaRepositoryBase: options.cudaRepositoryBase,
      outputDir: options.outputDir,
    });
  const diagnostics = [...parsed.diagnostics, ...(expanded?.diagnostics ?? [])];
  if (!expanded || hasErrors(diagnostics)) throw new Error(intro + formatDiagnostics(diagnostics, () => text));
  return expanded.images;
}
