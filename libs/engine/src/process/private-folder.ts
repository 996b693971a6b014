import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../errors.ts';
import { codeOf, messageOf } from '../unknown.ts';
import { isSameProcess, startOf } from './identity.ts';

/** Process, its start, and the scope of process numbers. */
const owned = /^nx-image-matrix-(\d+)-(\d+)-(\d+)-/;

/**
 * Creates a temporary folder that only this user can read (mode 0700). Its name identifies the owner, so that another
 * process can remove it if this one is killed. First removes folders left behind that way.
 * @throws EngineError `command-failed` with the folder for temporary files, and the variable that sets it.
 */
export function makePrivateFolder(parent = tmpdir()): string {
  removeStaleFolders();
  try {
    return mkdtempSync(join(parent, `nx-image-matrix-${process.pid}-${startOf(process.pid) ?? 0}-${namespace()}-`));
  } catch (error) {
    throw noTemporaryFolder(parent, error);
  }
}

const reasons = new Map([
  ['ENOENT', 'it does not exist'],
  ['ENOTDIR', 'it is not a folder'],
  ['EACCES', 'there is no permission to write there'],
  ['EPERM', 'there is no permission to write there'],
  ['EROFS', 'the file system is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
]);

function noTemporaryFolder(folder: string, error: unknown): EngineError {
  // The variables that Node uses: https://nodejs.org/api/os.html#ostmpdir
  const variable = ['TMPDIR', 'TMP', 'TEMP'].find((name) => process.env[name]);
  const named = variable === undefined ? folder : `${folder}, which ${variable} names`;
  const reason = reasons.get(codeOf(error)) ?? messageOf(error);
  const cure = `Make that folder one that you may write to, or set ${variable ?? 'TMPDIR'} to another.`;
  // Nx prints only the message of an error thrown while it makes the graph.
  return new EngineError('command-failed', `No temporary folder can be made in ${named}: ${reason}. ${cure}`, {
    cause: error,
  });
}

/** Removes this user's private folders whose process has ended. The state of other containers is unknown. */
export function removeStaleFolders(): void {
  for (const name of namesIn(tmpdir())) {
    const [, pid, start, space] = owned.exec(name) ?? [];
    if (pid === undefined || Number(space) !== namespace() || isSameProcess(Number(pid), Number(start))) continue;
    const path = join(tmpdir(), name);
    try {
      const found = lstatSync(path);
      if (found.isDirectory() && found.uid === process.getuid?.()) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another process was faster.
    }
  }
}

/** None if the folder is missing; the error is reported where the folder is needed. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Number of the PID namespace; 0 without namespaces. */
function namespace(): number {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? 0);
  } catch {
    return 0;
  }
}
