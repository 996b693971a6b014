import { posix } from 'node:path';
import { EngineError } from '../errors.ts';
import { capture, type Captured } from '../process/capture.ts';
import { formatMark, ownMark } from '../process/identity.ts';
import { isObject } from '../unknown.ts';
import { ArchiveIndex } from './archive-index.ts';
import { firstEntry, type TarEntry } from './tar-entry.ts';
import { sweep, TEST_LABEL } from './sweep.ts';

/** Bytes of each stream of a command in a container, and of a file, that are read. */
export const LARGEST_OUTPUT = 10_000_000;
/** Milliseconds for a command of the engine that does not wait for a container. */
const TIMEOUT = 120_000;
/** Memory of a container, in bytes, and processes in it: enough for any test, and a fork bomb ends there. */
const MEMORY = 4 * 1024 ** 3;
const PROCESSES = 1_024;
/** Links from one to the next, as Linux follows them. */
const MOST_LINKS = 40;

/** How a container is made. */
export interface ContainerRequest {
  /** Reference or ID of the image. */
  image: string;
  /** Replaces the entry point; without words there is none. */
  entrypoint?: readonly string[];
  /** Replaces the command. */
  args?: readonly string[];
  /** `KEY=value` */
  environment?: readonly string[];
  /** Names of variables that are passed on. */
  passed?: readonly string[];
  user?: string;
  privileged?: boolean;
  tty?: boolean;
  capabilities?: readonly string[];
  /** `SOURCE:TARGET[:OPTIONS]` */
  bindMounts?: readonly string[];
  /** A port that is published on a free port of the machine. */
  port?: number;
}

/** How a container ended. */
export interface ContainerResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Why there is no result of its own: the container did not start, was stopped, or was ended by something else. */
  problem?: string;
}

/** A file of an image. */
export interface ContainerFile extends Omit<TarEntry, 'start'> {
  content: Buffer;
}

/** A container that runs. */
export interface RunningContainer {
  /** The address of a published port, once the engine has one. */
  address(port: number): Promise<{ host: string; port: number } | undefined>;
  /** Settles when the container has ended. */
  readonly ended: Promise<ContainerResult>;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Makes containers of docker or podman, for tests of images; `close` removes all that it has made. */
export class Containers {
  readonly #program: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #signal: AbortSignal;
  readonly #containers = new Set<string>();
  readonly #images = new Set<string>();
  /** The files of containers, where they are read at once. */
  readonly #indexes = new Map<string, Promise<ArchiveIndex>>();
  #limits: readonly string[] = ['--memory', String(MEMORY), '--pids-limit', String(PROCESSES)];

  /**
   * @param program `docker` or `podman`.
   * @throws EngineError `unsupported` for another
   */
  constructor(program: string, environment: NodeJS.ProcessEnv, signal: AbortSignal) {
    if (program !== 'docker' && program !== 'podman') {
      throw new EngineError('unsupported', `${program} cannot run tests of images`, {
        hint: 'set the plugin option `engine` to docker or podman',
      });
    }
    this.#program = program;
    this.#environment = environment;
    this.#signal = signal;
  }

  /** Removes what runs that were killed have left behind. */
  async sweep(): Promise<void> {
    await sweep((args) => this.#command(args));
  }

  /**
   * The configuration of an image, as the engine reports it (Docker Engine API, `ImageConfig`).
   * @throws EngineError if there is no such image
   */
  async configuration(image: string): Promise<Record<string, unknown>> {
    const text = await this.#command(['image', 'inspect', '--format', '{{json .Config}}', image]);
    const config: unknown = JSON.parse(text);
    return isObject(config) ? config : {};
  }

  /** Makes a container and returns its ID. */
  async create(request: ContainerRequest): Promise<string> {
    const id = await this.#create(request);
    this.#containers.add(id);
    return id;
  }

  /** Podman without cgroups refuses limits; the time limit then has to do. */
  async #create(request: ContainerRequest): Promise<string> {
    try {
      return await this.#command(createArguments(request, this.#limits));
    } catch (error) {
      if (this.#limits.length === 0 || !/cgroup|resource limits/i.test(String(error))) throw error;
      this.#limits = [];
      return this.#command(createArguments(request, []));
    }
  }

  /** Runs a container to its end, or for `timeout` milliseconds. */
  async run(id: string, timeout: number): Promise<ContainerResult> {
    const captured = await capture(this.#program, ['start', '--attach', id], {
      environment: this.#environment,
      limit: LARGEST_OUTPUT,
      timeout,
      signal: this.#signal,
    });
    return this.#resultOf(id, captured, timeout);
  }

  /** Starts a container that is stopped after `timeout` milliseconds at the latest. */
  start(id: string, timeout: number): RunningContainer {
    const result = this.run(id, timeout);
    // Whoever waits for it also gets the error.
    result.catch(() => undefined);
    return {
      ended: result,
      address: (port) => this.#address(id, port),
      stop: async () => {
        await this.#quietly(['kill', id]);
        await result.catch(() => undefined);
      },
    };
  }

  async #resultOf(id: string, captured: Captured, timeout: number): Promise<ContainerResult> {
    const { stopped } = captured;
    const [stdout, stderr] = [captured.stdout.toString('utf8'), captured.stderr.toString('utf8')];
    if (stopped === 'interrupted') throw new EngineError('interrupted', 'the test was interrupted');
    if (stopped !== undefined) await this.#quietly(['kill', id]);
    const state = stopped === undefined ? await this.#state(id) : undefined;
    const exitCode = state?.exitCode ?? -1;
    const problem = stopped ? stoppedBecause(stopped, timeout) : problemOf(state, stderr);
    return { exitCode, stdout, stderr, ...(problem && { problem }) };
  }

  async #state(id: string): Promise<ContainerState | undefined> {
    try {
      return readState(await this.#command(['container', 'inspect', '--format', '{{json .State}}', id]));
    } catch (error) {
      if (error instanceof EngineError && /no such|not found/i.test(error.message)) return undefined;
      throw error;
    }
  }

  async #address(id: string, port: number): Promise<{ host: string; port: number } | undefined> {
    const text = await this.#command(['port', id, `${port}/tcp`]).catch(() => '');
    const [, host = '', found] = /^(.+):(\d+)$/m.exec(text) ?? [];
    return found === undefined ? undefined : { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(found) };
  }

  /** Makes an image of a container that has ended; `close` removes it. */
  async commit(id: string): Promise<string> {
    const image = await this.#command(['commit', id]);
    this.#images.add(image);
    return image;
  }

  /** A file of a container, which need not run; links are not followed. `undefined` if it does not exist. */
  async stat(id: string, path: string): Promise<ContainerFile | undefined> {
    if (this.#program === 'docker') return this.#copy(id, path, false);
    // Podman's `cp` follows links.
    const index = this.#indexes.get(id) ?? this.#index(id);
    this.#indexes.set(id, index);
    const file = (await index).find(path);
    return file && { ...file, content: Buffer.alloc(0) };
  }

  async #index(id: string): Promise<ArchiveIndex> {
    const index = new ArchiveIndex();
    // Its `export` writes to a pipe, and not to the socket that Node gives a child.
    const { stderr, stopped } = await capture('/bin/sh', ['-c', '"$0" export "$1" | cat', this.#program, id], {
      environment: this.#environment,
      limit: LARGEST_OUTPUT,
      timeout: 5 * TIMEOUT,
      signal: this.#signal,
      receive: (chunk) => index.add(chunk),
    });
    if (stopped === 'interrupted') throw new EngineError('interrupted', 'the test was interrupted');
    if (index.size > 0) return index;
    throw new EngineError('command-failed', `the files of the image were not read: ${stderr.toString('utf8').trim()}`);
  }

  /**
   * A file with its content; links are followed. `undefined` if it does not exist.
   * @throws EngineError if it is too large, or links lead in a circle.
   */
  async read(id: string, path: string): Promise<ContainerFile | undefined> {
    let current = path;
    for (let links = 0; links <= MOST_LINKS; links++) {
      const file = await this.#copy(id, current, true);
      if (file?.kind !== 'link') return file;
      current = posix.resolve('/', posix.dirname(absolute(current)), file.target);
    }
    throw new EngineError('command-failed', `${path} is a link that leads in a circle`);
  }

  async #copy(id: string, path: string, withContent: boolean): Promise<ContainerFile | undefined> {
    const wanted = absolute(path);
    const { exitCode, stdout, stderr, stopped } = await capture(this.#program, ['cp', `${id}:${wanted}`, '-'], {
      environment: this.#environment,
      limit: LARGEST_OUTPUT + 100_000,
      timeout: TIMEOUT,
      signal: this.#signal,
      isEnough: (chunks) => isComplete(chunks, withContent),
    });
    if (stopped === 'interrupted') throw new EngineError('interrupted', 'the test was interrupted');
    const entry = firstEntry(stdout);
    if (entry) return fileOf(entry, stdout, wanted, withContent);
    const said = stderr.toString('utf8').trim();
    if (/could not find|no such file|not found|could not be found/i.test(said)) return undefined;
    const why = stopped === 'timeout' ? 'it took too long' : said || `exit code ${exitCode}`;
    throw new EngineError('command-failed', `${wanted} was not read: ${why}`);
  }

  /** Removes a container at once. */
  async remove(id: string): Promise<void> {
    await this.#quietly(['rm', '--force', '--volumes', id]);
    this.#containers.delete(id);
  }

  /** Removes every container and image that was made, also after an interruption. */
  async close(): Promise<void> {
    const containers = [...this.#containers];
    if (containers.length > 0) await this.#quietly(['rm', '--force', '--volumes', ...containers]);
    // A derived image first.
    const images = [...this.#images].toReversed();
    if (images.length > 0) await this.#quietly(['image', 'rm', '--force', ...images]);
    this.#containers.clear();
    this.#images.clear();
  }

  async #quietly(args: readonly string[]): Promise<void> {
    await this.#command(args, { always: true }).catch(() => undefined);
  }

  async #command(args: readonly string[], { always = false } = {}): Promise<string> {
    const { exitCode, stdout, stderr, stopped } = await capture(this.#program, args, {
      environment: this.#environment,
      limit: LARGEST_OUTPUT,
      timeout: TIMEOUT,
      ...(!always && { signal: this.#signal }),
    });
    if (exitCode === 0) return stdout.toString('utf8').trim();
    if (stopped === 'interrupted') throw new EngineError('interrupted', 'the test was interrupted');
    const said = stderr.toString('utf8').trim();
    const what = `\`${this.#program} ${args.slice(0, 2).join(' ')}\``;
    const why = stopped === 'timeout' ? 'it took too long' : said || `exit code ${exitCode}`;
    throw new EngineError('command-failed', `${what} failed: ${why}`);
  }
}

function createArguments(request: ContainerRequest, limits: readonly string[]): string[] {
  const { image, entrypoint, args = [], port } = request;
  const [first = '', ...others] = entrypoint ?? [];
  return [
    'create',
    '--label',
    `${TEST_LABEL}=${formatMark(ownMark())}`,
    // Attached streams do not need a log, which could fill the disk.
    '--log-driver',
    'none',
    ...limits,
    ...(port === undefined ? [] : ['--publish', `127.0.0.1::${port}`]),
    ...(request.user ? ['--user', request.user] : []),
    ...(request.privileged ? ['--privileged'] : []),
    ...(request.tty ? ['--tty'] : []),
    ...(request.capabilities ?? []).flatMap((name) => ['--cap-add', name]),
    ...(request.bindMounts ?? []).flatMap((mount) => ['--volume', mount]),
    ...(request.environment ?? []).flatMap((variable) => ['--env', variable]),
    // Only the name: the value must not be in a list of processes.
    ...(request.passed ?? []).flatMap((name) => ['--env', name]),
    ...(entrypoint ? ['--entrypoint', first] : []),
    image,
    ...others,
    ...args,
  ];
}

function absolute(path: string): string {
  return posix.resolve('/', path);
}

function isComplete(chunks: readonly Buffer[], withContent: boolean): boolean {
  // The first chunk has the whole header, except of a file with a very long name.
  const archive = withContent ? chunks[0] : Buffer.concat(chunks);
  const entry = archive && firstEntry(archive);
  if (!entry) return false;
  if (!withContent || entry.kind !== 'file') return true;
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return entry.size > LARGEST_OUTPUT || length >= entry.start + entry.size;
}

function fileOf({ start, ...entry }: TarEntry, archive: Buffer, path: string, withContent: boolean): ContainerFile {
  if (!withContent || entry.kind !== 'file') return { ...entry, content: Buffer.alloc(0) };
  if (entry.size > LARGEST_OUTPUT) {
    throw new EngineError('command-failed', `${path} has ${entry.size} bytes; at most ${LARGEST_OUTPUT} are read`);
  }
  return { ...entry, content: archive.subarray(start, start + entry.size) };
}

interface ContainerState {
  exitCode: number;
  outOfMemory: boolean;
  hasStarted: boolean;
  error: string;
}

function readState(text: string): ContainerState | undefined {
  const state: unknown = JSON.parse(text);
  if (!isObject(state)) return undefined;
  const { ExitCode, OOMKilled, StartedAt, Error: error } = state;
  return {
    exitCode: Number(ExitCode),
    outOfMemory: OOMKilled === true,
    hasStarted: typeof StartedAt === 'string' && !StartedAt.startsWith('0001'),
    error: typeof error === 'string' ? error : '',
  };
}

function stoppedBecause(reason: NonNullable<Captured['stopped']>, timeout: number): string {
  if (reason === 'timeout') return `it was stopped, since it took longer than ${Math.round(timeout / 1_000)} s`;
  return `it was stopped, since it wrote more than ${LARGEST_OUTPUT / 1_000_000} MB`;
}

/** The exit code of a process that KILL has ended. */
const KILLED = 137;

function problemOf(state: ContainerState | undefined, stderr: string): string | undefined {
  if (!state) return 'its container is gone: something else has removed it';
  if (!state.hasStarted) return `it did not start: ${state.error || stderr.trim() || 'the engine does not say why'}`;
  if (state.outOfMemory) return `it was killed, since it needed more than ${MEMORY / 1024 ** 3} GiB of memory`;
  if (state.exitCode === KILLED) return 'it was killed by something outside of it (exit code 137)';
  return undefined;
}
