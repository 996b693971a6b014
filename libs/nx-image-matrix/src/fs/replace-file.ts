import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, isObject, messageOf } from '@nx-image-matrix/engine/unknown';
import { formatMark, hasEnded, ownMark, parseMark } from '@nx-image-matrix/engine/identity';
import { findLink, nearestExisting, refuseLinks } from './links.ts';

/**
 * Replaces a file in one step, with the folders above it, so that nobody ever reads half of it. What killed processes
 * have left beside it is removed. In the workspace, nothing is written through a symbolic link.
 * @throws Error that names the file and says why it cannot be written.
 */
export function replaceFile(workspaceRoot: string, path: string, content: string): void {
  const temporary = temporaryOf(path);
  try {
    refuseLinks(workspaceRoot, dirname(path));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw new Error(`Cannot write ${path}: ${whyNotWritten(error)}.`, { cause: error });
  }
  removeTemporaries(workspaceRoot, path);
}

/** A name beside that of a file, which tells whose it is. */
export function temporaryOf(path: string): string {
  return `${path}.${formatMark(ownMark())}.tmp`;
}

/** The file that a temporary one was to become. */
export function targetOfTemporary(name: string): string {
  return name.replace(/\.[\w-]+\.tmp$/, '');
}

/** Removes what a process has left that was killed while it replaced a file. */
export function removeTemporaries(workspaceRoot: string, path: string): void {
  const start = `${basename(path)}.`;
  for (const name of namesIn(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith('.tmp')) continue;
    if (!isLeft(name.slice(start.length, -'.tmp'.length))) continue;
    if (findLink(workspaceRoot, dirname(path)) === undefined) removeIfPossible(join(dirname(path), name));
  }
}

/** Whether what bears a mark was left by a process that has ended, as far as can be seen from here. */
export function isLeft(mark: string): boolean {
  const writer = parseMark(mark);
  return writer !== undefined && hasEnded(writer) === true;
}

const reasons: Record<string, string> = {
  EACCES: 'no permission to write there',
  EPERM: 'no permission to write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full; free space on it and run again',
  EDQUOT: 'the disk quota is used up; free space and run again',
  EISDIR: 'there is a folder where a file belongs',
  ENOTDIR: 'there is a file where a folder belongs',
  EEXIST: 'there is a file where a folder belongs',
};

/** Why a file was not written, in words. */
export function whyNotWritten(error: unknown): string {
  return reasons[writeCodeOf(error)] ?? messageOf(error);
}

/** Node reports a folder that it cannot make on a read-only disk as one that is not there. */
function writeCodeOf(error: unknown): string {
  const code = codeOf(error);
  const path = pathOf(error);
  if (code !== 'ENOENT' || path === undefined) return code;
  try {
    accessSync(nearestExisting(path), constants.W_OK);
    return code;
  } catch (reason) {
    return codeOf(reason);
  }
}

/** The path that Node names in an error of a file. */
export function pathOf(error: unknown): string | undefined {
  return isObject(error) && typeof error['path'] === 'string' ? error['path'] : undefined;
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
