import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { LINK_MODE, SUBMODULE_MODE, type ChangedPath } from '../workspace/git-changes.ts';
import type { Cause } from './cause.ts';
import type { SourceTree } from './source-tree.ts';

/** What happened to a copied file: its content, its mode, the target of a link, or what it is. */
export function copiedCause({ path, before, after }: ChangedPath, tree: SourceTree, root: string): Cause {
  const cause = { kind: 'copied-file' as const, file: path };
  if (!before) return { ...cause, change: 'added' };
  if (!after) return { ...cause, change: 'removed' };
  if (before.mode === LINK_MODE && after.mode === LINK_MODE) {
    const [from, to] = [tree.file(path)?.content.toString('utf8'), targetOf(join(root, path))];
    return { ...cause, change: 'link', ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  }
  const [from, to] = [kindOf(before.mode), kindOf(after.mode)];
  if (from !== to) return { ...cause, change: 'kind', from, to };
  if (before.mode !== after.mode) {
    return { ...cause, change: 'mode', from: before.mode.slice(-3), to: after.mode.slice(-3) };
  }
  return { ...cause, change: 'content' };
}

function kindOf(mode: string): string {
  return mode === LINK_MODE ? 'link' : mode === SUBMODULE_MODE ? 'submodule' : 'file';
}

function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
