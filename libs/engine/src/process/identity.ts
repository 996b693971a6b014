import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../unknown.ts';

/** Identifies a process to others that see the same files, in any container and on any machine. */
export interface ProcessMark {
  pid: number;
  /** Clock ticks from the start of the machine to that of the process; 0 if unknown. */
  start: number;
  /** The scope of its number; absent in the marks of older versions. */
  space?: string;
}

let own: ProcessMark | undefined;

/** The identity of this process. */
export function ownMark(): Required<ProcessMark> {
  own ??= { pid: process.pid, start: startOf('self') ?? 0, space: ownSpace() };
  return { space: '', ...own };
}

/** Whether the process of a mark has ended; `undefined` if that cannot be seen from here. */
export function hasEnded({ pid, start, space }: ProcessMark): boolean | undefined {
  return space === undefined || space === ownMark().space ? !isSameProcess(pid, start) : undefined;
}

/** As part of a file name. */
export function formatMark({ pid, start, space }: Required<ProcessMark>): string {
  return `${pid}-${start}-${space}`;
}

/** Parses a mark of `formatMark`, or the number that older versions used. */
export function parseMark(text: string): ProcessMark | undefined {
  const [, pid, start, space] = /^(\d+)(?:-(\d+)-([0-9a-f]+))?$/.exec(text) ?? [];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), start: Number(start ?? NaN), ...(space !== undefined && { space }) };
}

/** Whether the process still runs, and its number was not reused; only checks the number if `start` is unknown. */
export function isSameProcess(pid: number, start: number): boolean {
  if (process.platform !== 'linux' || !isOwnProc() || Number.isNaN(start)) return isRunning(pid);
  const found = startOf(pid);
  // If processes of other users are hidden, the kernel still tells that one exists (proc(5), hidepid).
  return found === undefined ? isForeign(pid) : found === start;
}

/** Clock ticks from the start of the machine to that of a process (proc(5)); `undefined` if it does not run. */
export function startOf(pid: number | 'self'): number | undefined {
  const stat = readStat(pid);
  // The second field, a name in parentheses, may contain anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? ['Z'];
  return fields[0] === 'Z' ? undefined : Number(fields[19]);
}

function readStat(pid: number | 'self'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether a process with this number exists. */
export function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function isForeign(pid: number): boolean {
  return readStat(pid) === undefined && isRunning(pid) && process.getuid?.() !== 0;
}

/** A container may show the processes of another PID namespace. */
function isOwnProc(): boolean {
  return readLink('/proc/self') === String(process.pid);
}

/** Process numbers are unique in one PID namespace, from one boot of a machine to the next. */
function ownSpace(): string {
  const parts = [bootId() ?? hostname(), readLink('/proc/self/ns/pid') ?? ''];
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 12);
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
