import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessEntry {
  pid: number;
  parent: number;
  session: number;
}

/**
 * Ends the container of the current RUN instruction of a build: the instruction fails, and podman cleans up as after
 * any failure. If podman 4.3 itself is told to stop, it leaves that container running. Returns whether there was one.
 */
export function endRunningStep(builder: number): boolean {
  let ended = false;
  for (const pid of containersOf(builder, listProcesses())) {
    try {
      process.kill(pid, 'SIGKILL');
      ended = true;
    } catch {
      // Already gone, or not ours.
    }
  }
  return ended;
}

/** The first process of each container: a descendant that leads its own session. */
export function containersOf(builder: number, processes: ProcessEntry[]): number[] {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  function isDescendant(pid: number): boolean {
    for (let parent = parents.get(pid); parent; parent = parents.get(parent)) if (parent === builder) return true;
    return false;
  }
  return processes.filter(({ pid, session }) => pid === session && isDescendant(pid)).map(({ pid }) => pid);
}

function listProcesses(): ProcessEntry[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap(readEntry);
  } catch {
    return [];
  }
}

/** `pid (name) state parent group session ...`; the name may contain anything, even parentheses (proc(5)). */
function readEntry(pid: string): ProcessEntry[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(pid), parent: Number(parent), session: Number(session) }];
  } catch {
    return [];
  }
}
