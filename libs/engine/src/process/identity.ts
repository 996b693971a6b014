import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../unknown.ts';

/** A process, named so that others know it which see the same files, in whatever container and on whatever machine. */
export interface ProcessMark {
  pid: number;
  /** Clock ticks from the start of the machine to that of the process; 0 where nobody tells. */
  start: number;
  /** Where its number counts; absent in the marks of older versions, which did not ask. */
  space?: string;
}

let own: ProcessMark | undefined;

/** That of this process. */
export function ownMark(): Required<ProcessMark> {
  own ??= { pid: process.pid, start: startOf('self') ?? 0, space: ownSpace() };
  return { space: '', ...own };
}

/** Whether the process of a mark has ended; `undefined` where that cannot be seen from here. */
export function hasEnded({ pid, start, space }: ProcessMark): boolean | undefined {
  return space === undefined || space === ownMark().space ? !isSameProcess(pid, start) : undefined;
}

/** As a part of a file's name. */
export function formatMark({ pid, start, space }: Required<ProcessMark>): string {
  return `${pid}-${start}-${space}`;
}

/** The mark that `formatMark` made, or the number that older versions gave instead. */
export function parseMark(text: string): ProcessMark | undefined {
  const [, pid, start, space] = /^(\d+)(?:-(\d+)-([0-9a-f]+))?$/.exec(text) ?? [];
  if (pid === undefined) return undefined;
  return { pid: Number(pid), start: Number(start ?? NaN), ...(space !== undefined && { space }) };
}

/** Whether a process still runs, and is not another one of the same number; any of that number where `start` is not known. */
export function isSameProcess(pid: number, start: number): boolean {
  if (process.platform !== 'linux' || !isOwnProc() || Number.isNaN(start)) return isRunning(pid);
  const found = startOf(pid);
  // Where processes of others are hidden, the kernel still says that there is one (proc(5), hidepid).
  return found === undefined ? isForeign(pid) : found === start;
}

/** Clock ticks from the start of the machine to that of a process (proc(5)); undefined for one that runs no more. */
export function startOf(pid: number | 'self'): number | undefined {
  const stat = readStat(pid);
  // The second field, a name in parentheses, may hold anything.
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

/** Whether there is a process of this number. */
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

/** Process numbers count in one PID namespace of one start of one machine. */
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
