import { lstatSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { RenderedFile } from '@nx-image-matrix/templates';
import type { GeneratedFile } from './generate-context.ts';
import { digestOf, fileOf, sha256 } from './generate-image.ts';
import { isExecutable, readFileOnDisk, type FileOnDisk } from '../fs/read-file.ts';

/** Bytes; no generated file is larger. */
const LARGEST_GENERATED = 40_000_000;

/** The kind of a path; also `link` if a parent is a symbolic link. */
export type FolderKind = 'folder' | 'link' | 'nothing';

/**
 * Finds the existing folders of a workspace. Does not look below a missing folder, so a matrix without generated files
 * costs next to nothing.
 */
export function createFolderFinder(workspaceRoot: string): (folder: string) => FolderKind {
  const known = new Map<string, FolderKind>([['.', 'folder']]);
  const kindOf = (folder: string): FolderKind => {
    let kind = known.get(folder);
    if (kind === undefined) {
      const above = kindOf(posix.dirname(folder));
      kind = above === 'folder' ? ownKind(join(workspaceRoot, folder)) : above;
      known.set(folder, kind);
    }
    return kind;
  };
  return kindOf;
}

function ownKind(path: string): FolderKind {
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) return 'link';
    return stats?.isDirectory() ? 'folder' : 'nothing';
  } catch {
    return 'nothing';
  }
}

/**
 * Whether a folder of the workspace contains all the given files with that content, without symbolic links. Ignores
 * other files in it.
 */
export function isOnDisk(
  workspaceRoot: string,
  folder: string,
  files: readonly GeneratedFile[],
  kindOf: (folder: string) => FolderKind,
): boolean {
  return files.every(({ path, hash, executable }) => {
    if (path.includes('/') && kindOf(posix.dirname(`${folder}/${path}`)) !== 'folder') return false;
    try {
      const found = readFileOnDisk(join(workspaceRoot, folder, path), LARGEST_GENERATED, { follow: false });
      return sha256(found.content) === hash && hasSameMode(found, executable);
    } catch {
      return false;
    }
  });
}

/**
 * The digest of an image's files on disk, to compare with that of the rendered ones; `undefined` if one cannot be read,
 * and on Windows, which has no executable bit.
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

/** Whether a file has that content and executable bit; false if the path cannot be read. */
export function isFileOnDisk(path: string, { content, executable }: RenderedFile): boolean {
  try {
    const found = readFileOnDisk(path, content.length * 4 + 1, { follow: false });
    return (
      found.content.equals(typeof content === 'string' ? Buffer.from(content) : content) &&
      hasSameMode(found, executable)
    );
  } catch {
    return false;
  }
}

/**
 * The text of a generated file.
 * @throws UnreadableFile, also for a symbolic link.
 */
export function readOwnFile(path: string): string {
  return readFileOnDisk(path, LARGEST_GENERATED, { follow: false }).content.toString('utf8');
}

/** Whether the executable bit of a file is as expected. Windows has none. */
export function hasMode(path: string, executable: boolean): boolean {
  return hasSameMode({ executable: isExecutable(statSync(path)) }, executable);
}

function hasSameMode(found: Pick<FileOnDisk, 'executable'>, executable: boolean): boolean {
  return process.platform === 'win32' || found.executable === executable;
}
