import { existsSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';

/**
 * Folders of the submodules of a workspace, relative to it, from `.gitmodules`, whether or not they are checked out:
 * https://git-scm.com/docs/gitmodules
 */
export function submodulesOf(workspaceRoot: string): string[] {
  let top = workspaceRoot;
  while (!existsSync(join(top, '.git'))) {
    if (dirname(top) === top) return [];
    top = dirname(top);
  }
  const workspace = relative(top, workspaceRoot).split(sep).join('/');
  return readModules(join(top, '.gitmodules'))
    .map((path) => posix.relative(workspace, path))
    .filter((path) => path !== '' && !path.startsWith('../') && path !== '..');
}

function readModules(path: string): string[] {
  try {
    const text = readRegularFile(path, LARGEST_SOURCE).toString('utf8');
    return [...text.matchAll(/^[ \t]*path[ \t]*=[ \t]*(.*?)[ \t]*$/gm)].map(([, value = '']) => unquoted(value));
  } catch {
    return [];
  }
}

function unquoted(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

/** Those of the submodules that contain a match of a glob; git lists their folders, not the files in them. */
export function submodulesAround(glob: string, submodules: readonly string[]): string[] {
  const segments = glob.split('/');
  return submodules.filter((path) =>
    path.split('/').every((name, index) => segments[index] !== undefined && matchesWildcard(segments[index], name)),
  );
}
