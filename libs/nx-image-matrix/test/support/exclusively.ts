import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds between two checks of a lock. */
const PAUSE = 100;

/** Runs a function with exclusive access to a folder: tests run in two processes side by side. */
export function exclusively<Result>(folder: string, work: () => Result): Result {
  const lock = lockOf(folder);
  mkdirSync(dirname(lock), { recursive: true });
  while (!take(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true });
  }
}

/** Removes the lock of a run that was killed; for the start of a run. */
export function unlock(folder: string): void {
  rmSync(lockOf(folder), { recursive: true, force: true });
}

function lockOf(folder: string): string {
  return `${folder}.lock`;
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    // In a test it is not an instance of the test's own `Error`.
    if (typeof error === 'object' && error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
