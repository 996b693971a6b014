import type { Tree } from '@nx/devkit';
import { manifestOptions } from '../../options/manifest-options.ts';
import { syncImages, type SyncResult } from './sync.ts';

/** The sync generator `nx-image-matrix:sync`, for `nx sync` and `nx sync:check`. */
export async function sync(tree: Tree): Promise<SyncResult> {
  const { createProjectGraphAsync, readNxJson } = await import('@nx/devkit');
  const graph = await createProjectGraphAsync();
  return syncImages(tree, graph, manifestOptions(readNxJson(tree) ?? {}, tree.root));
}
