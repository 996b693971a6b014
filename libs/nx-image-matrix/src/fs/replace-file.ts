import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { findLink, nearestExisting, refuseLinks } from './links.ts';

/**
 * Replaces a file in one step, with the folders above it, so that nobody ever reads half of it. What killed processes
 * have left beside it is removed. In the workspace, nothing is written through a symbolic link.
 * @throws Error that names the file and says why it cannot be written.
 */
export function replaceFile(workspaceRoot: string, path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    refuseLinks(workspaceRoot, dirname(path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw new Error(`Cannot write ${path}: ${whyNotWritten(error as NodeJS.ErrnoException)}.`, { cause: error });
  }
  removeTemporaries(workspaceRoot, path);
}

/** Removes what a process has left that was killed while it replaced a file. */
export function removeTemporaries(workspaceRoot: string, path: string): void {
  const start = `${basename(path)}.`;
  for (const name of namesIn(dirname(path))) {
    if (!name.startsWith(start)) continue;
    const pid = /^(\d+)\.tmp$/.exec(name.slice(start.length))?.[1];
    if (pid === undefined || isRunning(Number(pid)) || findLink(workspaceRoot, dirname(path)) !== undefined) continue;
    removeIfPossible(join(dirname(path), name));
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

const reasons: Record<string, string> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full; free space on it and run again',
  EDQUOT: 'the disk quota is used up; free space and run again',
  EISDIR: 'a folder stands where a file belongs',
  ENOTDIR: 'a file stands where a folder belongs',
  EEXIST: 'a file stands where a folder belongs',
};

/** Why a file was not written, in words. */
export function whyNotWritten(error: NodeJS.ErrnoException): string {
  return reasons[codeOf(error)] ?? error.message;
}

/** Node reports a folder that it cannot make on a read-only disk as one that is not there. */
function codeOf(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT' || error.path === undefined) return error.code ?? '';
  try {
    accessSync(nearestExisting(error.path), constants.W_OK);
    return error.code;
  } catch (reason) {
    return (reason as NodeJS.ErrnoException).code ?? '';
  }
}

/** Removes a file; where that fails there is another error that says why. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What cannot be written cannot always be removed.
  }
}

/** Names of what is in a folder; none when it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
