import { posix } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';
import type { Tree } from '@nx/devkit';
import { size } from '@nx-image-matrix/format';
import type { Workspace } from '../../workspace/workspace.ts';
import { checkedImages } from '../checked-images.ts';
import type { TaggedImage } from './table.ts';

/**
 * The images of a workspace by package. Sizes are from the build records of this machine.
 * @throws Error if a manifest has errors, or two have the same package
 */
export function readPackages(tree: Tree, workspace: Workspace): Map<string, TaggedImage[]> {
  const packages = new Map<string, TaggedImage[]>();
  const owners = new Map<string, string>();
  for (const [file, images] of checkedImages(workspace)) {
    for (const image of images) {
      const owner = owners.get(image.package) ?? file;
      if (owner !== file) throw new Error(twoOwners(image.package, owner, file));
      owners.set(image.package, owner);
      const root = posix.join(posix.dirname(file), image.dir);
      const tagged: TaggedImage = { image, root, size: recordedSize(tree, root, image.reference) };
      packages.set(image.package, [...(packages.get(image.package) ?? []), tagged]);
    }
  }
  return packages;
}

function twoOwners(name: string, first: string, second: string): string {
  return `${first} and ${second} both have a package "${name}". Name one of them with --manifest.`;
}

function recordedSize(tree: Tree, root: string, reference: string): string | undefined {
  const text = tree.read(posix.join('dist', root, 'build.json'), 'utf8');
  if (text === null) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (!isObject(record) || record['reference'] !== reference) return undefined;
    return typeof record['size'] === 'number' ? size(record['size']) : undefined;
  } catch {
    return undefined;
  }
}
