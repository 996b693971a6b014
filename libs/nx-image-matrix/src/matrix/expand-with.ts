import { expandImages, type Expansion, type Manifest } from '@nx-image-matrix/manifest';
import type { ResolvedOptions } from '../options/resolve-options.ts';

/** The images of a manifest, as the plugin's options and the environment have them. */
export function expandWith(manifest: Manifest, options: ResolvedOptions, environment: NodeJS.ProcessEnv): Expansion {
  return expandImages(manifest, {
    version: environment['IMAGE_VERSION'] || options.version,
    prefix: typeof options.prefix === 'string' ? options.prefix : options.prefix[manifest.file],
    cudaRepositoryBase: options.cudaRepositoryBase,
    outputDir: options.outputDir,
  });
}
