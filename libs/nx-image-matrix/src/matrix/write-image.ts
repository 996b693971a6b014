import { chmodSync, lstatSync, mkdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { formatMark, ownMark } from '@nx-image-matrix/engine/identity';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { findLink, isThere, refuseLinks } from '../fs/links.ts';
import { isLeft, namesIn, removeIfPossible, pathOf, whyNotWritten } from '../fs/replace-file.ts';
import { isFileOnDisk, readOwnFile } from './on-disk.ts';
import { droppedFiles } from './own-files.ts';

const temporary = /^\.nx-image-matrix-([\w-]+)-\d+\.tmp$/;

/**
 * Writes the missing or stale files of one image, and returns their paths. All are written next to their targets first
 * and then renamed, so neither a crash nor a full disk leaves a partial file; unchanged files keep their time stamps.
 * Removes files that the previous `image.json` lists and this one does not. Keeps all other files, and never writes or
 * removes anything through a symbolic link.
 * @throws Error that names the file, if one cannot be written.
 */
export function writeImage(workspaceRoot: string, folder: string, files: readonly RenderedFile[]): string[] {
  // Most folders are missing in a first run, so their files need not be looked up.
  const isNew = !isThere(folder);
  const stale = isNew ? files : files.filter((file) => !isFileOnDisk(join(folder, file.path), file));
  const parents = new Set(files.map(({ path }) => dirname(join(folder, path))));
  const link = isNew ? undefined : [...parents].find((parent) => findLink(workspaceRoot, parent));
  if (stale.length === 0 && link === undefined) {
    removeLeftovers(workspaceRoot, folder, files);
    return [];
  }
  const dropped = isNew ? [] : droppedOf(folder, files);
  const moves: [from: string, to: string][] = [];
  const made = new Map<string, string | undefined>();
  try {
    for (const parent of parents) refuseLinks(workspaceRoot, parent);
    for (const [index, file] of stale.entries()) {
      const target = join(folder, file.path);
      const parent = dirname(target);
      const source = join(parent, `.nx-image-matrix-${formatMark(ownMark())}-${index}.tmp`);
      if (!made.has(parent)) made.set(parent, mkdirSync(parent, { recursive: true }));
      if (!isNew) refuseFolder(target);
      moves.push([source, target]);
      writeWithMode(source, file.content, file.executable ? 0o755 : 0o644);
    }
    for (const [source, target] of moves) renameSync(source, target);
  } catch (error) {
    for (const [source] of moves) removeIfPossible(source);
    for (const [deepest, first] of [...made].toReversed()) removeEmptyFolders(deepest, first);
    throw writeError(folder, error);
  }
  for (const path of dropped) removeDropped(workspaceRoot, folder, path);
  if (!isNew) removeLeftovers(workspaceRoot, folder, files);
  return stale.map(({ path }) => path);
}

/** The requested mode, whatever the umask removes from new files. */
function writeWithMode(path: string, content: Buffer | string, mode: number): void {
  writeFileSync(path, content, { mode });
  if (mode !== 0o644 || (mode & process.umask()) !== 0) chmodSync(path, mode);
}

function droppedOf(folder: string, files: readonly RenderedFile[]): string[] {
  const now = files.find(({ path }) => path === 'image.json');
  try {
    return now ? droppedFiles(readOwnFile(join(folder, now.path)), String(now.content)) : [];
  } catch {
    // Without one, no file is known to be ours.
    return [];
  }
}

function removeDropped(workspaceRoot: string, folder: string, path: string): void {
  const target = join(folder, path);
  if (findLink(workspaceRoot, target) !== undefined) return;
  removeIfPossible(target);
  if (dirname(target) !== folder) removeEmptyFolders(dirname(target), join(folder, path.split('/', 1).join()));
}

/** A rename onto a folder fails, but only after others have succeeded. */
function refuseFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR', path });
  }
}

/** Removes empty folders, from the deepest up to the first that was created. */
function removeEmptyFolders(deepest: string, first: string | undefined): void {
  if (first === undefined) return;
  try {
    for (let folder = deepest; folder.length >= first.length; folder = dirname(folder)) rmdirSync(folder);
  } catch {
    // It contains something else.
  }
}

/** Removes temporary files of killed processes next to the given files of an image. */
export function removeLeftovers(workspaceRoot: string, folder: string, files: readonly { path: string }[]): void {
  for (const parent of new Set(files.map(({ path }) => dirname(join(folder, path))))) {
    for (const name of namesIn(parent)) {
      const [, mark] = temporary.exec(name) ?? [];
      if (mark === undefined || !isLeft(mark) || findLink(workspaceRoot, parent) !== undefined) continue;
      rmSync(join(parent, name), { force: true });
    }
  }
}

function writeError(folder: string, error: unknown): Error {
  const where = pathOf(error) ?? folder;
  return new Error(`Cannot write ${where}: ${whyNotWritten(error)}. Nothing of this image was changed.`, {
    cause: error,
  });
}
