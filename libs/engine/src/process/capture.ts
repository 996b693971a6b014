import { spawn, type ChildProcess } from 'node:child_process';
import { EngineError } from '../errors.ts';
import { guardGroup, prepareGuard } from './guard.ts';
import { onInterrupt } from './interrupt.ts';

export interface CaptureOptions {
  environment: NodeJS.ProcessEnv;
  /** Bytes of each stream to keep; a command that writes more is stopped. */
  limit: number;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal;
  /** Takes what arrives on standard output, which is then neither limited nor kept. */
  receive?: (chunk: Buffer) => void;
  /** Whether enough of standard output has arrived; the command is then stopped. */
  isEnough?: (stdout: readonly Buffer[]) => boolean;
}

export interface Captured {
  /** `undefined` if a signal ended the process. */
  exitCode: number | undefined;
  stdout: Buffer;
  stderr: Buffer;
  /** Why the command was stopped before its end. */
  stopped?: 'enough' | 'interrupted' | 'output' | 'timeout';
}

/**
 * Runs a command and keeps its two streams apart, as bytes, up to a limit. Stops it by KILL, for commands that only show
 * what another process does.
 *
 * @throws EngineError `no-engine` if the command does not exist
 */
export async function capture(command: string, args: readonly string[], options: CaptureOptions): Promise<Captured> {
  if (options.signal?.aborted) return { exitCode: undefined, stdout: empty, stderr: empty, stopped: 'interrupted' };
  prepareGuard();
  const child = spawn(command, args, {
    env: options.environment,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stopped: Captured['stopped'];
  const stop = (reason: NonNullable<Captured['stopped']>): void => {
    if (stopped) return;
    stopped = reason;
    kill(child);
  };
  const interrupt = (): void => stop('interrupted');
  const timer = setTimeout(() => stop('timeout'), options.timeout);
  const forget = onInterrupt(interrupt);
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const unguard = child.pid === undefined ? undefined : guardGroup(child.pid);
  const [stdout, stderr] = [new Kept(options.limit), new Kept(options.limit)];
  child.stdout.on('data', (chunk: Buffer) => {
    if (options.receive) options.receive(chunk);
    else if (!stdout.add(chunk)) stop('output');
    else if (options.isEnough?.(stdout.chunks)) stop('enough');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    if (!stderr.add(chunk)) stop('output');
  });
  try {
    const exitCode = await ended(child, command);
    return { exitCode, stdout: stdout.bytes, stderr: stderr.bytes, ...(stopped && { stopped }) };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', interrupt);
    forget();
    unguard?.();
  }
}

const empty = Buffer.alloc(0);

/** The first bytes of a stream. */
class Kept {
  readonly chunks: Buffer[] = [];
  readonly #limit: number;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Returns whether the limit still holds. */
  add(chunk: Buffer): boolean {
    const left = this.#limit - this.#length;
    if (left > 0) this.chunks.push(chunk.subarray(0, left));
    this.#length += chunk.length;
    return chunk.length <= left;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

function ended(child: ChildProcess, command: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'ENOENT' ? 'is not installed' : `did not start: ${error.message}`;
      reject(new EngineError('no-engine', `\`${command}\` ${why}`, { cause: error }));
    });
    child.on('close', (code) => resolve(code ?? undefined));
  });
}

function kill(child: ChildProcess): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
  // Something that it has started may still hold the streams.
  child.stdout?.destroy();
  child.stderr?.destroy();
}
