import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';

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
 * The first part of a path below `workspaceRoot` that is a symbolic link, the path itself included; `undefined` where
 * all that exists of it is the workspace's own, and for a path elsewhere.
 */
export function findLink(workspaceRoot: string, path: string): string | undefined {
  const way = relative(workspaceRoot, path);
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return undefined;
  if (isItself(workspaceRoot, nearestExisting(path))) return undefined;
  const parts = way.split(sep);
  return parts.map((_, index) => join(workspaceRoot, ...parts.slice(0, index + 1))).find(isLink);
}

/**
 * Whether what a path leads to, links followed, lies in a folder.
 * @throws NodeJS.ErrnoException where nothing is, or nobody may look.
 */
export function liesWithin(folder: string, path: string): boolean {
  return `${realpathSync.native(path)}${sep}`.startsWith(`${realRoot(folder)}${sep}`);
}

const realRoots = new Map<string, string>();

/** A workspace stays where it is for as long as a process works in it. */
function realRoot(workspaceRoot: string): string {
  const known = realRoots.get(workspaceRoot) ?? realpathSync.native(workspaceRoot);
  realRoots.set(workspaceRoot, known);
  return known;
}

/** One question where there is no link; a file system that takes any case for the same says no as well. */
function isItself(workspaceRoot: string, existing: string): boolean {
  try {
    return realpathSync.native(existing) === join(realRoot(workspaceRoot), relative(workspaceRoot, existing));
  } catch {
    return false;
  }
}

/**
 * Refuses a path that a symbolic link has a part in: what lies behind one is not the workspace's own, be it in the
 * workspace (`.git/hooks`) or not, and a commit may bring a link along.
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
