import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from './workspace.ts';

export interface WatchedRun {
  status: number | null;
  output: string;
  /** Command lines of all processes that were seen during the run. */
  commandLines: Set<string>;
  /** Permission bits of the private folders that were seen during the run, by path. */
  folders: Map<string, number>;
}

export interface WatchOptions {
  environment?: NodeJS.ProcessEnv;
  /** Called with each list of running processes; `kill` ends the whole process group or nx alone. */
  onLook?: (run: WatchedRun, kill: (signal: NodeJS.Signals, whole: boolean) => void) => void;
}

/** Runs nx, and every few milliseconds lists all processes of this machine and the private folders in its `TMPDIR`. */
export function watchedRun(workspace: Workspace, args: string, options: WatchOptions = {}): Promise<WatchedRun> {
  const { command, args: all, options: spawning } = workspace.nxCommand(args, options.environment);
  const temporary = spawning.env['TMPDIR'] ?? tmpdir();
  const before = new Set(privateFolders(temporary));
  const run: WatchedRun = { status: null, output: '', commandLines: new Set(), folders: new Map() };
  const child = spawn(command, all, { ...spawning, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (run.output += String(chunk)));
  const look = setInterval(() => {
    for (const line of commandLines()) run.commandLines.add(line);
    for (const path of privateFolders(temporary)) {
      const mode = before.has(path) ? undefined : modeOf(path);
      if (mode !== undefined) run.folders.set(path, mode);
    }
    options.onLook?.(run, (signal, whole) => void process.kill(whole ? -child.pid! : child.pid!, signal));
  }, 15);
  return new Promise((resolve) => {
    child.on('exit', (status) => {
      clearInterval(look);
      run.status = status;
      resolve(run);
    });
  });
}

/** Folders in which a run of the plugin keeps logins. */
export function privateFolders(temporary: string = tmpdir()): string[] {
  return readdirSync(temporary)
    .filter((name) => /^nx-image-matrix-\d+-\d+-\d+-/.test(name))
    .map((name) => join(temporary, name));
}

function modeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mode;
}

/** Without zombies. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') || [];
      } catch {
        return [];
      }
    });
}
