import type { Workspace } from '../workspace/workspace.ts';
import { changedPaths, type ChangedPath } from '../workspace/git-changes.ts';
import type { Base } from '../workspace/git-base.ts';
import type { ExplainedImage } from './cause.ts';
import { compareSides } from './compare-sides.ts';
import { describeErrors, type Side } from './read-side.ts';
import { readPresent, type Present } from './read-present.ts';
import { readBase } from './read-base.ts';
import { SourceTree } from './source-tree.ts';
import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import { makePrivateFolder } from '@nx-image-matrix/engine/private-folder';
import { addSources } from './base-sources.ts';

/** The images that differ between a commit and the working tree. */
export interface Explanation {
  base: Base;
  /** Each before the images that it starts from. */
  images: ExplainedImage[];
}

/**
 * Explains why images differ between a commit and the working tree. Renders both states; writes to a temporary folder
 * only.
 * @throws Error if the present state has errors, or git fails.
 */
export function explain(workspace: Workspace, base: Base): Explanation {
  const changes = changedPaths(workspace.root, base.commit);
  if (changes.size === 0) return { base, images: [] };
  const present = readPresent(workspace, changes);
  if (present.side.errors.length > 0) throw new Error(describeErrors(present.side));
  const folder = makePrivateFolder();
  try {
    return { base, images: withTrees(folder, present, changes) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withTrees(folder: string, present: Present, changes: ReadonlyMap<string, ChangedPath>): ExplainedImage[] {
  const { side: after } = present;
  const tree = treeIn(folder, 'before', after, changes);
  const before = readBase(present, tree, changes);
  let copy: SourceTree | undefined;
  return compareSides(
    { side: before, tree: () => tree },
    { side: after, tree: () => (copy ??= presentTree(folder, after)) },
    changes,
  );
}

/** A copy of the present sources, in which edits can be undone. */
function presentTree(folder: string, after: Side): SourceTree {
  const { workspace, read } = after;
  const tree = treeIn(folder, 'after', after, new Map());
  addSources(tree, workspace.root, workspace.manifests, read.sources, new Map());
  return tree;
}

function treeIn(
  folder: string,
  name: string,
  { workspace }: Side,
  changes: ReadonlyMap<string, ChangedPath>,
): SourceTree {
  const root = join(folder, name);
  mkdirSync(root);
  return new SourceTree(workspace.root, root, changes);
}
