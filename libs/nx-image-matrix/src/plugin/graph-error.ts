import { setTimeout } from 'node:timers/promises';
import type { AggregateCreateNodesError } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Matrices } from '../matrix/read-matrices.ts';
import { isNxBefore } from '../workspace/nx-version.ts';
import { sourceReader } from '../workspace/source-reader.ts';

/** Milliseconds, in which Nx has read what the plugin printed. */
const DELAY = 100;

/**
 * One error for all manifests: every Nx command ends with exit code 1 and prints it.
 * The devkit is only loaded here, since loading it costs more than a whole inference.
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
  // Before 23.3 `nx run-many` and `nx affected` say no more than that the project graph could not be processed.
  if (isNxBefore(workspaceRoot, 23, 3)) await printAtOnce(text);
  return new AggregateCreateNodesError([[file, error]], []);
}

/** Nx passes on what a plugin prints, but ends when it has got the error. In the daemon this goes to its log. */
async function printAtOnce(text: string): Promise<void> {
  await new Promise<void>((resolve) => process.stderr.write(`${text}\n\n`, () => resolve()));
  await setTimeout(DELAY);
}
