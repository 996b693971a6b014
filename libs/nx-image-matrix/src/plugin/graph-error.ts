import { setTimeout } from 'node:timers/promises';
import type { AggregateCreateNodesError } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Matrices } from '../matrix/read-matrices.ts';
import { isNxBefore } from '../workspace/nx-version.ts';
import { sourceReader } from '../workspace/source-reader.ts';

/** Milliseconds for Nx to read what the plugin printed. */
const DELAY = 100;

/**
 * Throws one error for all manifests: every Nx command prints it and exits with code 1. Loads the devkit only here,
 * because loading it takes longer than a whole inference.
 */
export async function graphError(
  workspaceRoot: string,
  matrices: Pick<Matrices, 'diagnostics' | 'dockerfiles'>,
): Promise<AggregateCreateNodesError> {
  const { AggregateCreateNodesError } = await import('@nx/devkit');
  const text = formatDiagnostics(matrices.diagnostics, sourceReader(workspaceRoot, matrices.dockerfiles));
  const file = matrices.diagnostics.find(({ severity }) => severity === 'error')?.file ?? null;
  const error = new Error(text);
  error.stack = text;
  // Before 23.3, `nx run-many` and `nx affected` only print that the project graph could not be processed.
  if (isNxBefore(workspaceRoot, 23, 3)) await printAtOnce(text);
  return new AggregateCreateNodesError([[file, error]], []);
}

/** Nx prints the output of a plugin, but exits when it gets the error. The daemon writes it to its log. */
async function printAtOnce(text: string): Promise<void> {
  await new Promise<void>((resolve) => process.stderr.write(`${text}\n\n`, () => resolve()));
  await setTimeout(DELAY);
}
