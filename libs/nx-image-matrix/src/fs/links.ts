import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

/** Whether the path exists; also false if it may not be read, which then fails on writing. */
export function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** Whether the path is a symbolic link, wherever it leads. */
export function isLink(path: string): boolean {
  return isThere(path) && lstatSync(path).isSymbolicLink();
}

/** The path itself, or the nearest existing folder above it. */
export function nearestExisting(path: string): string {
  let existing = path;
  while (!isThere(existing) && dirname(existing) !== existing) existing = dirname(existing);
  return existing;
}

/**
 * The first part of a path below `workspaceRoot` that is a symbolic link, the path itself included; `undefined` if
 * there is none, and for a path elsewhere.
 */
export function findLink(workspaceRoot: string, path: string): string | undefined {
  const way = relative(workspaceRoot, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  if (isItself(workspaceRoot, nearestExisting(path))) return undefined;
  const parts = way.split(sep);
  return parts.map((_, index) => join(workspaceRoot, ...parts.slice(0, index + 1))).find(isLink);
}

/**
 * Whether the target of a path, with links followed, is in a folder.
 * @throws NodeJS.ErrnoException if it does not exist or may not be read.
 */
export function liesWithin(folder: string, path: string): boolean {
  return `${realpathSync.native(path)}${sep}`.startsWith(`${realRoot(folder)}${sep}`);
}

/**
 * The workspace-relative path of a file that links lead to; `undefined` without a link, and for a target elsewhere. Git
 * and Nx report a changed file at this path.
 */
export function targetInWorkspace(workspaceRoot: string, path: string): string | undefined {
  try {
    const target = relative(realpathSync.native(workspaceRoot), realpathSync.native(join(workspaceRoot, path)));
    const way = target.split(sep).join('/');
    return way === path || way.startsWith('../') ? undefined : way;
  } catch {
    return undefined;
  }
}

const realRoots = new Map<string, string>();

/** A workspace does not move while a process works in it. */
function realRoot(workspaceRoot: string): string {
  const known = realRoots.get(workspaceRoot) ?? realpathSync.native(workspaceRoot);
  realRoots.set(workspaceRoot, known);
  return known;
}

/** One system call if there is no link; a case-insensitive file system also says no. */
function isItself(workspaceRoot: string, existing: string): boolean {
  try {
    return realpathSync.native(existing) === join(realRoot(workspaceRoot), relative(workspaceRoot, existing));
  } catch {
    return false;
  }
}

/**
 * Rejects a path with a symbolic link in it: the target may be outside the workspace or in `.git/hooks`, and a commit
 * can contain a link.
 * @throws Error that names the link.
 */
export function refuseLinks(workspaceRoot: string, path: string): void {
  const link = findLink(workspaceRoot, path);
  if (link === undefined) return;
  const shown = relative(workspaceRoot, link).split(sep).join('/');
  throw Object.assign(new Error(`${shown} is a symbolic link, and nothing is written through one; remove it`), {
    path,
  });
}
