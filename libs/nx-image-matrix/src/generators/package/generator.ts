import type { Tree } from '@nx/devkit';
import { addPackage } from '@nx-image-matrix/manifest';
import { editManifest } from '../edit-manifest.ts';
import { listOf, textOf, type Given } from '../given.ts';

/** Options of the `package` generator. */
export interface PackageOptions {
  name: Given;
  releaseTypes?: Given;
  /** Default: every distro that another package uses. */
  distros?: Given;
  repository?: string;
  manifest?: string;
  renameTags?: boolean;
  /** A package to copy sources from if the templates need some for the new package. */
  sourcesOf?: string;
}

/** Adds a package, with its repositories, to a manifest. */
export async function packageGenerator(tree: Tree, options: PackageOptions): Promise<void> {
  await editManifest(tree, {
    ...options,
    edit: (manifest, images) =>
      addPackage(manifest, {
        name: textOf(options.name, 'name') ?? '',
        releaseTypes: options.releaseTypes ? listOf(options.releaseTypes, 'releaseTypes') : ['runtime'],
        distros: options.distros
          ? listOf(options.distros, 'distros')
          : [...new Set(images.map((image) => image.distro.name))],
        repository: options.repository,
      }),
  });
}
