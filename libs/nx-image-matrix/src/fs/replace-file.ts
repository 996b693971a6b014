import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf, isObject, messageOf } from '@nx-image-matrix/engine/unknown';
import { formatMark, hasEnded, ownMark, parseMark } from '@nx-image-matrix/engine/identity';
import { findLink, nearestExisting, refuseLinks } from './links.ts';

/**
 * Atomically replaces a file, creating its folders. Removes temporary files of killed processes next to it. Never
 * writes through a symbolic link in the workspace.
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

/** A name next to that of a file, which identifies the process. */
export function temporaryOf(path: string): string {
  return `${path}.${formatMark(ownMark())}.tmp`;
}

/** The file that a temporary file was for. */
export function targetOfTemporary(name: string): string {
  return name.replace(/\.[\w-]+\.tmp$/, '');
}

/** Removes the temporary files of processes that were killed while they replaced a file. */
export function removeTemporaries(workspaceRoot: string, path: string): void {
  const start = `${basename(path)}.`;
  for (const name of namesIn(dirname(path))) {
    if (!name.startsWith(start) || !name.endsWith('.tmp')) continue;
    if (!isLeft(name.slice(start.length, -'.tmp'.length))) continue;
    if (findLink(workspaceRoot, dirname(path)) === undefined) removeIfPossible(join(dirname(path), name));
  }
}

/** Whether the process of a mark has ended, as far as can be seen from here. */
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

/** Why a file was not written. */
export function whyNotWritten(error: unknown): string {
  return reasons[writeCodeOf(error)] ?? messageOf(error);
}

/** Node reports a folder that it cannot create on a read-only disk as missing. */
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

/** The path in a Node error about a file. */
export function pathOf(error: unknown): string | undefined {
  return isObject(error) && typeof error['path'] === 'string' ? error['path'] : undefined;
}

/** Removes a file; if that fails, another error says why. */
export function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A file that cannot be written often cannot be removed either.
  }
}

/** Names of the entries of a folder; none if it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
