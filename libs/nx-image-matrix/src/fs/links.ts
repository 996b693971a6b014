import { lstatSync, realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** Whether anything has that path; false as well when nobody may look, which then shows at writing. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Whether a symbolic link has that path, wherever it leads. */
export function isLink(path: string): boolean {
  return isThere(path) && lstatSync(path).isSymbolicLink();
}

/** The path itself, or the nearest folder above it that exists. */
export function nearestExisting(path: string): string {
  let existing = path;
  while (!isThere(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

/**
 * Symbolic links may lead anywhere, but files are generated in the workspace only.
 * @returns the nearest existing folder of that path, when it really lies outside of `workspaceRoot`.
 */
export function findWayOut(folder: string, workspaceRoot: string): string | undefined {
  const existing = nearestExisting(folder);
  const real = realpathSync.native(existing);
  return `${real}${sep}`.startsWith(`${realpathSync.native(workspaceRoot)}${sep}`) ? undefined : existing;
}
