import { linkSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, messageOf } from '@nx-image-matrix/engine/unknown';
import { hasEnded, ownMark, type ProcessMark } from '@nx-image-matrix/engine';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { findLink, refuseLinks } from '../../fs/links.ts';
import { readOptionalFile } from '../../fs/read-file.ts';
import { removeIfPossible, temporaryOf, whyNotWritten } from '../../fs/replace-file.ts';

/** Milliseconds after which a lock without a process was left by one that was killed while writing it. */
const LONGEST_WRITE = 2_000;
/** Milliseconds between two checks of a lock. */
const POLL = 200;
/** Milliseconds between two signs of life of a lock's owner, for those who cannot see its process. */
const BEAT = 2_000;
/** Milliseconds without a sign of life after which the owner has ended. */
const SILENCE = 30_000;
const LARGEST_LOCK = 1_000;

interface LockOptions {
  signal: AbortSignal;
  onWait: () => void;
  /** Milliseconds; for tests. */
  silence?: number;
}

/**
 * Waits until no other run builds this image in this workspace, and makes others wait until the returned function is
 * called. Ignores the lock of a process that was killed; the lock of a process that cannot be seen from here, in
 * another container or on another machine, is ignored after some time without a sign of life.
 * @throws Error if the lock cannot be written, or the signal aborts the wait.
 */
export async function lockImage(
  workspaceRoot: string,
  folder: ImageFolder,
  { signal, onWait, silence = SILENCE }: LockOptions,
): Promise<() => void> {
  const path = lockPath(workspaceRoot, folder);
  try {
    refuseLinks(workspaceRoot, dirname(path));
  } catch (error) {
    throw new Error(`Cannot write ${path}: ${messageOf(error)}.`, { cause: error });
  }
  const others = new Observation(silence);
  for (let tries = 0; !takeLock(path, others); tries += 1) {
    if (tries === 0) onWait();
    await sleep(POLL, undefined, { signal });
  }
  const beat = setInterval(() => touch(path), BEAT).unref();
  return () => {
    clearInterval(beat);
    // Somebody who saw no sign of life may have replaced the lock.
    if (readLock(path)?.text === ownLock()) removeIfPossible(path);
  };
}

/** Removes the lock of a process that was killed. */
export function removeStaleLock(workspaceRoot: string, folder: ImageFolder): void {
  const path = lockPath(workspaceRoot, folder);
  const lock = readLock(path);
  if (lock && isStale(lock) && findLink(workspaceRoot, dirname(path)) === undefined) takeAway(path, lock);
}

/** A lock, as observed. */
interface Lock {
  text: string;
  /** When it was written, or its owner last gave a sign of life. */
  time: number;
}

/**
 * Observations of a lock while waiting for it. Counts checks instead of time: a machine that slept gave its processes
 * no time for a sign of life.
 */
class Observation {
  readonly #most: number;
  #looks = 0;
  #seen: Lock | undefined;

  constructor(silence: number) {
    this.#most = silence / POLL;
  }

  /** Whether a lock has been unchanged for so long that its owner must have ended. */
  isSilent(lock: Lock): boolean {
    const isSame = this.#seen?.text === lock.text && this.#seen.time === lock.time;
    this.#looks = isSame ? this.#looks + 1 : 0;
    this.#seen = lock;
    return this.#looks > this.#most;
  }
}

function takeLock(path: string, others: Observation): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, ownLock(), { flag: 'wx' });
    return true;
  } catch (error) {
    const lock = readLock(path);
    if (codeOf(error) !== 'EEXIST' || !isFolder(dirname(path))) {
      // Even a full disk has room for a name.
      if (lock && ownerOf(lock) === undefined) removeIfPossible(path);
      throw new Error(`Cannot write ${path}: ${whyNotWritten(error)}.`, { cause: error });
    }
    // Its owner may have released it; then the next try gets it.
    if (!lock || !(isStale(lock) || others.isSilent(lock))) return false;
    return takeAway(path, lock) && takeLock(path, others);
  }
}

function ownLock(): string {
  const { pid, start, space } = ownMark();
  return `${pid} ${start} ${space}\n`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether the owner of a lock has surely ended. */
function isStale(lock: Lock): boolean {
  const owner = ownerOf(lock);
  return owner === undefined ? Date.now() - lock.time > LONGEST_WRITE : hasEnded(owner) === true;
}

/** Removes a stale lock and returns whether it did. Another run may have replaced it; then it stays. */
function takeAway(path: string, stale: Lock): boolean {
  const aside = temporaryOf(path);
  try {
    renameSync(path, aside);
    const isIt = readLock(aside)?.text === stale.text;
    if (!isIt) linkSync(aside, path);
    rmSync(aside, { force: true });
    return isIt;
  } catch {
    // It is already gone, or may not be removed.
    removeIfPossible(aside);
    return false;
  }
}

function ownerOf({ text }: Lock): ProcessMark | undefined {
  const [, pid, start, space] = /^(\d+) (\d+)(?: ([0-9a-f]+))?\n$/.exec(text) ?? [];
  return pid === undefined
    ? undefined
    : { pid: Number(pid), start: Number(start), ...(space !== undefined && { space }) };
}

function readLock(path: string): Lock | undefined {
  try {
    const text = readOptionalFile(path, LARGEST_LOCK)?.toString('utf8');
    const time = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    return text === undefined || time === undefined ? undefined : { text, time };
  } catch {
    return undefined;
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // It is gone: nobody waits for it.
  }
}

function lockPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'build.lock');
}
