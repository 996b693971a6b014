import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { findWayOut, isThere, nearestExisting } from './links.ts';
import { isFileOnDisk } from './on-disk.ts';

const temporary = /^\.nx-image-matrix-\d+-\d+\.tmp$/;

/**
 * Writes the files of one image that are not on disk yet, and returns their paths. All are written beside their places
 * first and then renamed, so neither a crash nor a full disk leaves a file half-written; others keep their time stamps.
 * Refuses a folder that symbolic links lead out of `workspaceRoot`.
 * @throws Error that names the file, when one cannot be written.
 */
export function writeImage(folder: string, files: readonly RenderedFile[], workspaceRoot?: string): string[] {
  // Most folders of a first run are not there yet, and then none of their files has to be looked for.
  const isNew = !isThere(folder);
  const stale = isNew ? files : files.filter((file) => !isFileOnDisk(join(folder, file.path), file));
  if (stale.length === 0) return [];
  const moves: [from: string, to: string][] = [];
  const made = new Set<string>();
  try {
    if (workspaceRoot !== undefined) refuseOutside(folder, workspaceRoot);
    for (const [index, file] of stale.entries()) {
      const target = join(folder, file.path);
      const parent = dirname(target);
      const source = join(parent, `.nx-image-matrix-${process.pid}-${index}.tmp`);
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      if (!isNew) refuseFolder(target);
      moves.push([source, target]);
      writeWithMode(source, file.content, file.executable ? 0o755 : 0o644);
    }
    for (const [source, target] of moves) renameSync(source, target);
  } catch (error) {
    for (const [source] of moves) removeQuietly(source);
    throw writeError(folder, error as NodeJS.ErrnoException);
  }
  if (!isNew) removeLeftovers(folder);
  return stale.map(({ path }) => path);
}

/** The mode as it is said, whatever the umask takes away from new files. */
function writeWithMode(path: string, content: Buffer | string, mode: number): void {
  writeFileSync(path, content, { mode });
  if (mode !== 0o644 || (mode & process.umask()) !== 0) chmodSync(path, mode);
}

function refuseOutside(folder: string, workspaceRoot: string): void {
  const way = findWayOut(folder, workspaceRoot);
  if (way !== undefined) throw Object.assign(new Error('a symbolic link leads out of the workspace'), { path: way });
}

/** A rename onto a folder fails, but only after others have been made. */
function refuseFolder(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR', path });
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The error that brought us here says more.
  }
}

/** Removes temporary files of a process that was killed. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = temporary.test(name) ? Number(name.split('-')[3]) : undefined;
    if (pid !== undefined && !isRunning(pid)) rmSync(join(folder, name), { force: true });
  }
}

/** Whether there is a process of this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Node reports a folder that it cannot make on a read-only disk as one that is not there. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT' || error.path === undefined) return error.code ?? '';
  try {
    accessSync(nearestExisting(error.path), constants.W_OK);
    return error.code;
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code ?? '';
  }
}

function writeError(folder: string, error: NodeJS.ErrnoException): Error {
  const where = error.path ?? folder;
  const what: Record<string, string> = {
    EACCES: 'no permission to write there',
    EPERM: 'no permission to write there',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EISDIR: 'a folder stands where a file belongs',
    ENOTDIR: 'a file stands where a folder belongs',
    EEXIST: 'a file stands where a folder belongs',
  };
  return new Error(
    `Cannot write ${where}: ${what[reasonOf(error)] ?? error.message}. Nothing of this image was changed.`,
    {
      cause: error,
    },
  );
}
