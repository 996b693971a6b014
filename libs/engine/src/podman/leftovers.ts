import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { run } from '../process/run.ts';

/** The fields used from `podman ps --external --format json`. */
interface ListedContainer {
  Id: string;
  Command?: string[] | null;
  State?: string;
  /** Seconds since 1970. */
  Created?: number;
}

/** When the oldest stopped build started that has not been cleaned up; milliseconds since 1970. */
let since = Infinity;

/**
 * Removes the working containers of stopped podman builds, which podman 4.3 leaves behind (buildah does not). They have
 * no owner, so nothing is removed while any build runs on this machine: the last one to stop cleans up.
 */
export async function removeLeftovers(started: number, environment: NodeJS.ProcessEnv): Promise<void> {
  since = Math.min(since, started);
  if (await buildsAreRunning()) return;
  const options = { environment, timeout: 30_000 };
  const { exitCode, stdout } = await run('podman', ['ps', '--all', '--external', '--format', 'json'], options);
  if (exitCode !== 0) return;
  const ids = leftovers(JSON.parse(stdout || '[]') as ListedContainer[], since);
  since = Infinity;
  if (ids.length > 0) await run('podman', ['rm', '--force', ...ids], options);
}

export function leftovers(containers: ListedContainer[], from: number): string[] {
  return containers
    .filter(
      ({ Command, State, Created = 0 }) =>
        Command?.[0] === 'buildah' && State === 'storage' && Created >= Math.floor(from / 1000),
    )
    .map(({ Id }) => Id);
}

/** Without `/proc`, podman builds in a virtual machine, which cannot be inspected from here. */
async function buildsAreRunning(): Promise<boolean> {
  try {
    const ids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
    return commands.some(isBuild);
  } catch {
    return true;
  }
}

export function isBuild(commandLine: string): boolean {
  const [command = '', ...args] = commandLine.split('\0');
  return /^(podman|buildah)/.test(basename(command)) && args.some((arg) => arg === 'build' || arg === 'bud');
}
