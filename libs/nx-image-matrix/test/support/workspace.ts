import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ImageMatrixOptions } from '../../src/options/options.ts';
import { installation } from './installation.ts';

export interface CommandResult {
  status: number | null;
  /** Standard output and standard error, as a terminal would show them. */
  output: string;
  stdout: string;
}

export interface WorkspaceOptions {
  /** Files by workspace-relative path; a file with a `#!` line is executable. */
  files: Record<string, string>;
  plugin?: ImageMatrixOptions;
  nx?: string;
  /** The Node program that runs Nx. Default: the one that runs the tests. */
  node?: string;
  /** Set for every command. */
  environment?: NodeJS.ProcessEnv;
  /**
   * Starts a process for each plugin, as Nx does by default: for tests of processes, signals and diagnostics. Nx's own
   * plugins get one each too, which takes most of the time of a short command, so other tests do without.
   * https://nx.dev/reference/environment-variables
   */
  isolatePlugins?: boolean;
  /** More keys of `nx.json`. */
  nxJson?: Record<string, unknown>;
  /** Folder of a repository to clone, in place of files of its own. */
  origin?: string;
}

export interface NxCommand {
  command: string;
  args: string[];
  options: { cwd: string; env: NodeJS.ProcessEnv };
}

/** A real Nx workspace in a temporary folder, in a separate git checkout, with the installed plugin. */
export class Workspace {
  readonly root: string;
  private readonly node: string;
  private readonly environment: NodeJS.ProcessEnv;

  constructor({ files, plugin, nx, node, environment, isolatePlugins, nxJson, origin }: WorkspaceOptions) {
    this.node = node ?? process.execPath;
    this.environment = { ...(!isolatePlugins && { NX_ISOLATE_PLUGINS: 'false' }), ...environment };
    this.root = mkdtempSync(join(tmpdir(), 'image-matrix-'));
    if (origin !== undefined) this.git('clone', '--quiet', origin, '.');
    symlinkSync(join(installation(nx), 'node_modules'), join(this.root, 'node_modules'));
    if (origin !== undefined) return;
    this.write({
      'package.json': JSON.stringify({ name: 'workspace', private: true }),
      'nx.json': JSON.stringify({
        neverConnectToCloud: true,
        analytics: false,
        plugins: [{ plugin: 'nx-image-matrix', options: plugin ?? {} }],
        ...nxJson,
      }),
      '.gitignore': 'node_modules\ndist\n.nx\n',
      ...files,
    });
    this.git('init', '--quiet', '--initial-branch=main');
    this.commit('start');
  }

  write(files: Record<string, string>): void {
    for (const [path, content] of Object.entries(files)) {
      const target = join(this.root, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      if (content.startsWith('#!')) chmodSync(target, 0o755);
    }
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  readJson<T = Record<string, unknown>>(path: string): T {
    return JSON.parse(this.read(path)) as T;
  }

  /** Replaces a text that must exist. */
  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not hold ${JSON.stringify(from)}`);
    this.write({ [path]: text.replace(from, to) });
  }

  chmod(path: string, mode: number): void {
    chmodSync(join(this.root, path), mode);
  }

  /** Makes a path a symbolic link. */
  link(path: string, target: string): void {
    this.remove(path);
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    symlinkSync(target, join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  commit(message: string): void {
    this.git('add', '--all');
    this.git(
      '-c',
      'user.name=test',
      '-c',
      'user.email=test@example.com',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      message,
    );
  }

  /** Restores everything that git does not ignore to the last commit. */
  reset(): void {
    this.git('reset', '--hard', '--quiet');
    this.git('clean', '--quiet', '--force', '-d');
    if (existsSync(join(this.root, '.gitmodules'))) this.git('submodule', '--quiet', 'update', '--force');
  }

  /** Adds a submodule of one file, `lib.txt`, in a new commit. */
  addSubmodule(path: string): void {
    this.git('init', '--quiet', path);
    this.write({ [`${path}/lib.txt`]: '1\n' });
    this.git('-C', path, 'add', '--all');
    this.commitSubmodule(path);
    this.git('submodule', '--quiet', 'add', `./${path}`, path);
  }

  /** Moves a submodule to a new commit. */
  commitSubmodule(path: string): void {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    this.git('-C', path, ...identity, 'commit', '--quiet', '--allow-empty', '-m', 'moved');
  }

  git(...args: string[]): string {
    const { stdout, status, stderr } = spawnSync('git', args, { cwd: this.root, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** How to start Nx without its daemon, without a terminal and without `CI`. */
  nxCommand(args: string, environment: NodeJS.ProcessEnv = {}): NxCommand {
    return {
      command: this.node,
      args: [nxEntry(join(this.root, 'node_modules/nx')), ...args.split(' ')],
      options: { cwd: this.root, env: { ...outside(), ...this.environment, ...environment } },
    };
  }

  nx(args: string, environment: NodeJS.ProcessEnv = {}): CommandResult {
    const { command, args: all, options } = this.nxCommand(args, environment);
    const result = spawnSync(command, all, { ...options, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
    return { status: result.status, stdout: result.stdout, output: `${result.stdout}${result.stderr}` };
  }

  /** Like `nx`, without blocking this process: a server of the test can answer. */
  async nxBeside(args: string, environment: NodeJS.ProcessEnv = {}): Promise<Omit<CommandResult, 'stdout'>> {
    const { command, args: all, options } = this.nxCommand(args, environment);
    const child = spawn(command, all, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
    const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { status, output };
  }

  /** Like `nx`, for a command that must succeed; returns its standard output. */
  nxOk(args: string, environment: NodeJS.ProcessEnv = {}): string {
    const { status, stdout, output } = this.nx(args, environment);
    if (status !== 0) throw new Error(`nx ${args} ended with ${status}:\n${output}`);
    return stdout;
  }

  /** The projects that `nx affected` would run a target of, against the last commit. */
  affected(target: string, environment: NodeJS.ProcessEnv = {}): string[] {
    const projects = this.nxOk(`show projects --affected --base=HEAD --with-target ${target} --json`, environment);
    return (JSON.parse(projects) as string[]).sort();
  }

  images(): string[] {
    return (JSON.parse(this.nxOk('show projects --with-target docker-build --json')) as string[]).sort();
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Nx 24 keeps its command line in another place than 22 and 23. */
function nxEntry(nx: string): string {
  const entry = join(nx, 'dist/bin/nx.js');
  return existsSync(entry) ? entry : join(nx, 'bin/nx.js');
}

/** An environment without the variables of a test runner or a CI service. */
export function outside(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
  for (const name of Object.keys(environment)) {
    if (/^(CI|GITHUB_.*|GITLAB_.*|JEST_.*|NODE_OPTIONS|NODE_ENV|FORCE_COLOR|NO_COLOR|IMAGE_VERSION)$/.test(name)) {
      delete environment[name];
    }
  }
  return environment;
}
