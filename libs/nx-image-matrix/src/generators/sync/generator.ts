import type { Tree } from '@nx/devkit';
import { workspaceOfGenerator } from '../../workspace/workspace.ts';
import { syncImages, type SyncResult } from './sync.ts';

/** The sync generator `nx-image-matrix:sync`, for `nx sync` and `nx sync:check`. */
export async function sync(tree: Tree): Promise<SyncResult> {
  return syncImages(tree, await workspaceOfGenerator(tree));
}
