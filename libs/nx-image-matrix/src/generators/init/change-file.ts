import type { Tree } from '@nx/devkit';

/** Edits a file of the workspace, starting from an empty one if it is missing; returns whether it changed. */
export function changeFile(tree: Tree, path: string, edit: (text: string) => string): boolean {
  const before = tree.read(path, 'utf8') ?? '';
  const after = edit(before);
  if (after === before) return false;
  tree.write(path, after);
  return true;
}
