import type { Tree } from '@nx/devkit';
import { addDistro } from '@nx-image-matrix/manifest';
import { editManifest } from '../edit-manifest.ts';
import { listOf, textOf, type Given } from '../given.ts';

/** Options of the `distro` generator. */
export interface DistroOptions {
  /** `alpine:3.22` */
  distro: Given;
  baseImage?: string;
  templatesDir?: string;
  addToTags?: Given;
  /** `package` or `package/release type`. */
  packages?: Given;
  manifest?: string;
  renameTags?: boolean;
}

/** Adds a distro, or another version of it, to a manifest. */
export async function distro(tree: Tree, options: DistroOptions): Promise<void> {
  const given = textOf(options.distro, 'distro') ?? '';
  const [, name, version] = /^([^:\s]+):([^:\s]+)$/.exec(given) ?? [];
  if (!name || !version) throw new Error(`"${given}" is not a distro with its version, such as alpine:3.22.`);
  await editManifest(tree, {
    ...options,
    edit: (manifest, images) =>
      addDistro(manifest, {
        name,
        version,
        baseImage: options.baseImage || `${name}:${version}`,
        templatesDir: options.templatesDir || undefined,
        addToTags: textOf(options.addToTags, 'addToTags'),
        listedBy: listOf(options.packages, 'packages').flatMap((entry) => listingsOf(entry, images)),
      }),
  });
}

/** A package without a release type means all its listed release types that do not need CUDA. */
function listingsOf(entry: string, images: { package: string; releaseType: string; cuda?: string }[]): string[] {
  if (entry.includes('/')) return [entry];
  const types = images.filter((image) => image.package === entry && !image.cuda && image.releaseType !== 'base');
  if (types.length === 0) throw new Error(`The manifest has no package "${entry}" with a release type to add to.`);
  return [...new Set(types.map(({ releaseType }) => `${entry}/${releaseType}`))];
}
