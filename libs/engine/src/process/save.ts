import type { SaveOptions } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { run } from './run.ts';

/** Milliseconds for an image of many gigabytes. */
const TIMEOUT = 30 * 60_000;

/**
 * Runs the command of an engine that writes an image to an archive.
 * @throws EngineError `command-failed`, `timeout` or `interrupted`
 */
export async function save(
  program: string,
  args: string[],
  source: string,
  { signal, timeout = TIMEOUT }: SaveOptions,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const { exitCode, stderr } = await run(program, args, { environment, signal, timeout });
  if (exitCode !== 0) throw new EngineError('command-failed', `${source} was not saved: ${stderr.trim()}`);
}
