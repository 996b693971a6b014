import type { Tree } from '@nx/devkit';
import { addCuda } from '@nx-image-matrix/manifest';
import { editManifest } from '../edit-manifest.ts';

/** Options of the `cuda` generator. */
export interface CudaOptions {
  /** `12.8.1` */
  cudaVersion: string | number;
  /** `cudart=12.8.90-1` */
  component: string[];
  /** Releases that get it: `debian12`. */
  releases?: string[];
  manifest?: string;
}

/** Adds a CUDA version to a manifest. */
export async function cuda(tree: Tree, options: CudaOptions): Promise<void> {
  const components = Object.fromEntries([options.component].flat().map(componentOf));
  await editManifest(tree, options.manifest, (text) =>
    addCuda(text, { version: String(options.cudaVersion), components, releases: options.releases ?? [] }),
  );
}

function componentOf(text: string): [name: string, version: string] {
  const [, name, version] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? [];
  if (!name || !version) throw new Error(`"${text}" is no component with its version, such as cudart=12.8.90-1.`);
  return [name, version];
}
