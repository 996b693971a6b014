import type { Tree } from '@nx/devkit';
import { addCuda } from '@nx-image-matrix/manifest';
import { editManifest } from '../edit-manifest.ts';
import { listOf, textOf, type Given } from '../given.ts';

/** Options of the `cuda` generator. */
export interface CudaOptions {
  /** `12.8.1` */
  cudaVersion: Given;
  /** `cudart=12.8.90-1` */
  component: Given;
  /** Releases to add it to: `debian12`. */
  releases?: Given;
  manifest?: string;
  renameTags?: boolean;
}

/** Adds a CUDA version to a manifest. */
export async function cuda(tree: Tree, options: CudaOptions): Promise<void> {
  const components = Object.fromEntries(listOf(options.component, 'component').map(componentOf));
  const version = textOf(options.cudaVersion, 'cudaVersion') ?? '';
  if (Object.keys(components).length === 0) {
    throw new Error(`CUDA ${version} needs at least one component with its version, such as cudart=12.8.90-1.`);
  }
  await editManifest(tree, {
    ...options,
    edit: (manifest) => addCuda(manifest, { version, components, releases: listOf(options.releases, 'releases') }),
  });
}

function componentOf(text: string): [name: string, version: string] {
  const [, name, version] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? [];
  if (!name || !version) throw new Error(`"${text}" is not a component with its version, such as cudart=12.8.90-1.`);
  return [name, version];
}
