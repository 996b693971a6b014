import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isCi } from '../../workspace/ci.ts';

/** How Nx was called, as far as another process can see it. */
export interface NxCall {
  args: readonly string[];
  /** Whether Nx writes to a terminal. */
  terminal: boolean;
}

/** Whether the user wants everything, by `--verbose` or by the variable that Nx makes of it. */
export function isVerbose(environment: NodeJS.ProcessEnv): boolean {
  return environment['NX_VERBOSE_LOGGING'] === 'true';
}

/** Whether Nx shows its terminal UI, which has a column for how each task is doing. */
export function hasTerminalUi(environment: NodeJS.ProcessEnv): boolean {
  return environment['NX_TUI'] === 'true';
}

/**
 * Whether Nx redraws the last lines of the terminal ten times a second, over everything that a batch has written
 * meanwhile: it counts back the lines that it drew from wherever the cursor is. The conditions are those of
 * `shouldUseDynamicLifeCycle` in Nx's `run-command.js`, 22 to 24.
 */
export function redraws(environment: NodeJS.ProcessEnv, call: () => NxCall): boolean {
  if (hasTerminalUi(environment) || isVerbose(environment) || isCi(environment)) return false;
  if (environment['NX_STREAM_OUTPUT'] === 'true' || environment['NX_BATCH_MODE'] === 'true') return false;
  if (environment['NX_TASKS_RUNNER_DYNAMIC_OUTPUT'] === 'false') return false;
  const { args, terminal } = call();
  const style = outputStyle(args) ?? environment['NX_DEFAULT_OUTPUT_STYLE'];
  return terminal && (style === undefined || style.startsWith('dynamic') || style === 'tui');
}

function outputStyle(args: readonly string[]): string | undefined {
  const index = args.findIndex((arg) => /^--output-?style(=|$)/i.test(arg));
  const [, value] = args[index]?.split('=') ?? [];
  if (index < 0) return undefined;
  return value ?? args[index + 1];
}

/** How the process that started this one was called, for a batch that is Nx itself. */
export function callOfParent(): NxCall {
  const parent = process.ppid;
  try {
    const args = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0');
    return { args, terminal: /^\/dev\/(pts\/|tty|console)/.test(readlinkSync(`/proc/${parent}/fd/1`)) };
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(parent)], { encoding: 'utf8' });
    // A batch has Nx's standard input, but a pipe for an output.
    return { args: stdout?.trim().split(/\s+/) ?? [], terminal: isatty(0) };
  }
}
