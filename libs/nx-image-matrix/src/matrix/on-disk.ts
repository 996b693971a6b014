import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { digestOf, fileOf, sha256, type GeneratedFile } from './generate-image.ts';
import { isExecutable, readFileOnDisk, type FileOnDisk } from '../fs/read-file.ts';

/** Bytes; no generated file is larger. */
const LARGEST_GENERATED = 40_000_000;

/**
 * Says which folders of a workspace there are. Where a folder is missing, those below it are not asked for, so that a
 * matrix without any generated file costs next to nothing.
 */
export function createFolderFinder(workspaceRoot: string): (folder: string) => boolean {
  const known = new Map<string, boolean>([['.', true]]);
  const exists = (folder: string): boolean => {
    let found = known.get(folder);
    if (found === undefined) {
      found = exists(posix.dirname(folder)) && existsSync(join(workspaceRoot, folder));
      known.set(folder, found);
    }
    return found;
  };
  return exists;
}

/** Whether a folder holds all the given files with just that content. Other files in it are not looked at. */
export function isOnDisk(folder: string, files: readonly GeneratedFile[]): boolean {
  return files.every(({ path, hash, executable }) => {
    try {
      const found = readFileOnDisk(join(folder, path), LARGEST_GENERATED);
      return sha256(found.content) === hash && hasSameMode(found, executable);
    } catch {
      return false;
    }
  });
}

/**
 * The digest of an image's files as they lie on disk, to compare with that of the rendered ones; `undefined` where one
 * cannot be read, and on Windows, which does not tell what is executable.
 */
export function digestOnDisk(folder: string, paths: readonly string[]): string | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const files = paths.map((path) => ({ path, ...readFileOnDisk(join(folder, path), LARGEST_GENERATED) }));
    return digestOf(files.map(fileOf));
  } catch {
    return undefined;
  }
}

/** Whether a file has that content and that executable bit; where a path cannot be read, it has not. */
export function isFileOnDisk(path: string, { content, executable }: RenderedFile): boolean {
  try {
    const found = readFileOnDisk(path, content.length * 4 + 1);
    return (
      found.content.equals(typeof content === 'string' ? Buffer.from(content) : content) &&
      hasSameMode(found, executable)
    );
  } catch {
    return false;
  }
}

/** Paths, relative to a folder, of the files in it that are none of the given ones. */
export function otherFiles(folder: string, files: readonly GeneratedFile[]): string[] {
  const own = new Set(files.map(({ path }) => path));
  const list = (below: string): string[] => {
    const entries = readdirSync(join(folder, below), { withFileTypes: true });
    return entries.flatMap((entry) => {
      const path = below + entry.name;
      return entry.isDirectory() ? list(`${path}/`) : own.has(path) ? [] : [path];
    });
  };
  try {
    return list('');
  } catch {
    return [];
  }
}

/** Whether a file is executable, or not, as it should be. Windows does not tell. */
export function hasMode(path: string, executable: boolean): boolean {
  return hasSameMode({ executable: isExecutable(statSync(path)) }, executable);
}

function hasSameMode(found: Pick<FileOnDisk, 'executable'>, executable: boolean): boolean {
  return process.platform === 'win32' || found.executable === executable;
}
