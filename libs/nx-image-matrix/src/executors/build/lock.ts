import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSameProcess, startOf } from '@nx-image-matrix/engine';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { findLink, refuseLinks } from '../../fs/links.ts';
import { removeIfPossible, whyNotWritten } from '../../fs/replace-file.ts';

/** Milliseconds after which a lock that names no process was left by one that was killed while it wrote it. */
const longestWrite = 2_000;

/**
 * Waits until no other run builds this image in this workspace, and keeps others waiting until the returned function
 * is called. The lock of a process that was killed does not count.
 * @throws Error when the lock cannot be written, or the signal aborts the wait.
 */
export async function lockImage(
  workspaceRoot: string,
  folder: ImageFolder,
  { signal, onWait }: { signal: AbortSignal; onWait: () => void },
): Promise<() => void> {
  const path = lockPath(workspaceRoot, folder);
  try {
    refuseLinks(workspaceRoot, dirname(path));
  } catch (error) {
    throw new Error(`Cannot write ${path}: ${(error as Error).message}.`, { cause: error });
  }
  for (let tries = 0; !takeLock(path); tries += 1) {
    if (tries === 0) onWait();
    await sleep(200, undefined, { signal });
  }
  return () => removeIfPossible(path);
}

/** Removes the lock of a process that was killed. */
export function removeStaleLock(workspaceRoot: string, folder: ImageFolder): void {
  const path = lockPath(workspaceRoot, folder);
  if (isStale(path) && findLink(workspaceRoot, dirname(path)) === undefined) takeAway(path);
}

function takeLock(path: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? 0}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isFolder(dirname(path))) {
      // A full disk has room for a name.
      if (readOwner(path) === undefined) removeIfPossible(path);
      throw new Error(`Cannot write ${path}: ${whyNotWritten(error as NodeJS.ErrnoException)}.`, { cause: error });
    }
    // Its owner may have let go of it by now; then the next try gets it.
    if (!isStale(path)) return false;
    takeAway(path);
    return takeLock(path);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isStale(path: string): boolean {
  const owner = readOwner(path);
  if (owner !== undefined) return !isSameProcess(owner.pid, owner.start);
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > longestWrite;
}

/** Another run may have taken the stale lock away and have one of its own there by now, which stays. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    renameSync(path, aside);
    if (isStale(aside)) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch {
    // It is gone already.
  }
}

function readOwner(path: string): { pid: number; start: number } | undefined {
  try {
    const [, pid, start] = /^(\d+) (\d+)\n$/.exec(readFileSync(path, 'utf8')) ?? [];
    return pid === undefined ? undefined : { pid: Number(pid), start: Number(start) };
  } catch {
    return undefined;
  }
}

function lockPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'build.lock');
}
