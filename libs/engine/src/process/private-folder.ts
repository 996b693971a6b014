import { lstatSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSameProcess, startOf } from './identity.ts';

/** Process, its start, and where process numbers count. */
const owned = /^nx-image-matrix-(\d+)-(\d+)-(\d+)-/;

/**
 * A new temporary folder that only this user can read (mode 0700). Its name says which process it belongs to, so that
 * another can remove it when this one is killed. First it removes those that were left behind that way.
 */
export async function makePrivateFolder(): Promise<string> {
  removeStaleFolders();
  return mkdtemp(join(tmpdir(), `nx-image-matrix-${process.pid}-${startOf(process.pid) ?? 0}-${namespace()}-`));
}

/** Removes this user's private folders whose process is gone. Those of other containers cannot be judged from here. */
export function removeStaleFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, pid, start, space] = owned.exec(name) ?? [];
    if (pid === undefined || Number(space) !== namespace() || isSameProcess(Number(pid), Number(start))) continue;
    const path = join(tmpdir(), name);
    try {
      const found = lstatSync(path);
      if (found.isDirectory() && found.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process was quicker.
    }
  }
}

/** Number of the PID namespace; 0 where there are none. */
function namespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}
