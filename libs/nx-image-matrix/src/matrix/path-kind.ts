import { statSync } from 'node:fs';
import type { PathKind } from '../build-context/inputs.ts';

/** The kind of a path, links followed. */
export function pathKind(path: string): PathKind {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return 'nothing';
    return stats.isDirectory() ? 'folder' : 'file';
  } catch {
    // A loop of links, a name that is too long, or a folder without permission.
    return 'nothing';
  }
}
