import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { EngineError } from '../errors.ts';
import { guardGroup, prepareGuard } from './guard.ts';
import { onInterrupt } from './interrupt.ts';
import { Tail } from './tail.ts';

export interface RunOptions {
  environment?: NodeJS.ProcessEnv;
  /** Text for stdin, which is closed otherwise. Pass secrets here, never as arguments. */
  input?: string;
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
  /** Called for each line of stdout and stderr; `stdout` and `stderr` of the result are then empty. */
  onLine?: (line: string) => void;
  /** Selects the lines for errors. Default: the last ones. */
  tail?: Pick<Tail, 'push' | 'lines'>;
  /** Milliseconds between TERM and KILL. */
  grace?: number;
  /** Tries to make the process end by itself (true); TERM follows three seconds later. */
  stopGently?: (pid: number) => boolean;
}

export interface Finished {
  /** `undefined` if a signal ended the process. */
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  /** The last lines of stdout and stderr, or those selected by the option `tail`. */
  tail: string[];
}

type StopReason = 'timeout' | 'interrupted';

/**
 * Runs a command to its end, whatever its exit code. Leaves no process behind: a timeout or an abort sends TERM to the
 * process group and KILL after a grace period; the guard does so if this process is killed.
 *
 * @throws EngineError `no-engine` if the command does not exist, `timeout`, `interrupted`
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  if (options.signal?.aborted) throw stopped('interrupted', command, args, options, []);
  const { onLine } = options;
  prepareGuard();
  const subprocess = execa(command, args, {
    env: options.environment ?? process.env,
    extendEnv: false,
    // A separate process group, so that its helpers can be stopped with it.
    detached: process.platform !== 'win32',
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    all: true,
    buffer: !onLine,
    maxBuffer: 1024 * 1024 * 1024,
    reject: false,
  });
  const stopper = stopOnDemand(subprocess, options);
  const unguard = subprocess.pid === undefined ? undefined : guardGroup(subprocess.pid);
  const tail = options.tail ?? new Tail();
  try {
    if (onLine) {
      for await (const line of subprocess.iterable({ from: 'all' })) {
        const text = line.replace(/\r$/, '');
        tail.push(text);
        onLine(text);
      }
    }
    const result = await subprocess;
    if (stopper.reason) throw stopped(stopper.reason, command, args, options, tail.lines);
    if (result.exitCode === undefined && !result.isTerminated) throw notStarted(command, result);
    for (const line of onLine ? [] : lines(result.all)) tail.push(line);
    return {
      exitCode: result.exitCode,
      stdout: result.stdout ?? '',
      stderr: result.stderr ?? '',
      tail: tail.lines,
    };
  } finally {
    await stopper.release();
    unguard?.();
  }
}

interface Stoppable {
  pid?: number;
  kill(signal: NodeJS.Signals | 0): boolean;
}

function stopOnDemand(subprocess: Stoppable, { timeout, signal, grace = 10_000, stopGently }: RunOptions) {
  const stopper: { reason?: StopReason; release: typeof release } = { release };
  let term: NodeJS.Timeout | undefined;
  let kill: NodeJS.Timeout | undefined;

  function stop(reason: StopReason): void {
    if (stopper.reason) return;
    stopper.reason = reason;
    const terminate = (): void => void signalGroup(subprocess, 'SIGTERM');
    if (subprocess.pid !== undefined && stopGently?.(subprocess.pid)) term = setTimeout(terminate, 3_000);
    else terminate();
    kill = setTimeout(() => signalGroup(subprocess, 'SIGKILL'), grace);
  }

  const interrupt = (): void => stop('interrupted');
  const timer = timeout === undefined ? undefined : setTimeout(() => stop('timeout'), timeout);
  const forget = onInterrupt(interrupt);
  signal?.addEventListener('abort', interrupt, { once: true });

  async function release(): Promise<void> {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    if (stopper.reason) await groupEnds(subprocess, grace);
    clearTimeout(term);
    clearTimeout(kill);
    forget();
  }
  return stopper;
}

/** Whether there was anything left to signal; 0 only checks. */
function signalGroup(subprocess: Stoppable, signal: NodeJS.Signals | 0): boolean {
  if (subprocess.pid === undefined) return false;
  try {
    if (process.platform === 'win32') return subprocess.kill(signal);
    return process.kill(-subprocess.pid, signal);
  } catch {
    return false;
  }
}

/** Helpers may outlive the command to clean up (podman's stop what a RUN has started); KILL limits them too. */
async function groupEnds(subprocess: Stoppable, grace: number): Promise<void> {
  const end = performance.now() + grace + 1_000;
  while (performance.now() < end && signalGroup(subprocess, 0)) await sleep(20);
}

function stopped(
  reason: StopReason,
  command: string,
  args: string[],
  options: RunOptions,
  tail: string[],
): EngineError {
  const what = `\`${[command, ...args.slice(0, 2)].join(' ')}\``;
  const message =
    reason === 'timeout'
      ? `${what} was stopped: it took longer than ${Math.round((options.timeout ?? 0) / 1000)} s`
      : `${what} was interrupted`;
  return new EngineError(reason, message, { output: tail.join('\n') });
}

function notStarted(
  command: string,
  result: { code?: string; originalMessage?: string; cause?: unknown },
): EngineError {
  const why = result.code === 'ENOENT' ? 'is not installed' : `did not start: ${result.originalMessage}`;
  return new EngineError('no-engine', `\`${command}\` ${why}`, { cause: result.cause });
}

function lines(text: string | undefined): string[] {
  return text ? text.split(/\r?\n/) : [];
}
