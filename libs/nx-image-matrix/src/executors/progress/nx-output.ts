import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isCi } from '../../workspace/ci.ts';

/** How Nx was started, as visible to another process. */
export interface NxCall {
  args: readonly string[];
  /** Whether Nx writes to a terminal. */
  terminal: boolean;
}

/** Whether the user asked for everything, with `--verbose` or the variable that Nx sets for it. */
export function isVerbose(environment: NodeJS.ProcessEnv): boolean {
  return environment['NX_VERBOSE_LOGGING'] === 'true';
}

/** Whether Nx shows its terminal UI, which has a column for the state of each task. */
export function hasTerminalUi(environment: NodeJS.ProcessEnv): boolean {
  return environment['NX_TUI'] === 'true';
}

/**
 * Whether Nx redraws the last lines of the terminal ten times a second, over the output of a batch: it moves up from
 * the cursor by the number of lines that it drew. The conditions are those of `shouldUseDynamicLifeCycle` in Nx's
 * `run-command.js`, 22 to 24.
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

/** How the parent process was started, for a batch that is Nx itself. */
export function callOfParent(): NxCall {
  const parent = process.ppid;
  try {
    const args = readFileSync(`/proc/${parent}/cmdline`, 'utf8').split('\0');
    return { args, terminal: /^\/dev\/(pts\/|tty|console)/.test(readlinkSync(`/proc/${parent}/fd/1`)) };
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-p', String(parent)], { encoding: 'utf8' });
    // A batch has the standard input of Nx, but its output is a pipe.
    return { args: stdout?.trim().split(/\s+/) ?? [], terminal: isatty(0) };
  }
}
