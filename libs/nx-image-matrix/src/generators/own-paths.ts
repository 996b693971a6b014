import { join } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { Tree } from '@nx/devkit';
import { refuseLinks } from '../fs/links.ts';

/** Wraps a generator to change only the workspace's own files: Nx writes through symbolic links. */
export function onOwnPaths<Options, Result>(
  generator: (tree: Tree, options: Options) => Promise<Result>,
): (tree: Tree, options: Options) => Promise<Result> {
  return async (tree, options) => {
    const result = await generator(tree, options);
    for (const { path } of tree.listChanges()) refuse(tree, path);
    return result;
  };
}

function refuse(tree: Tree, path: string): void {
  try {
    refuseLinks(tree.root, join(tree.root, path));
  } catch (error) {
    throw new Error(`Cannot write ${path}: ${messageOf(error)}. Nothing was written.`, { cause: error });
  }
}
