import type { AggregateCreateNodesError } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/manifest';
import type { Matrices } from '../matrix/read-matrices.ts';
import { sourceReader } from '../workspace/source-reader.ts';

/**
 * One error for all manifests: every Nx command ends with exit code 1 and prints it.
 * The devkit is only loaded here, since loading it costs more than a whole inference.
 */
export async function graphError(workspaceRoot: string, matrices: Matrices): Promise<AggregateCreateNodesError> {
  const { AggregateCreateNodesError } = await import('@nx/devkit');
  const text = formatDiagnostics(matrices.diagnostics, sourceReader(workspaceRoot, matrices.dockerfiles));
  const file = matrices.diagnostics.find(({ severity }) => severity === 'error')?.file ?? null;
  const error = new Error(text);
  error.stack = text;
  return new AggregateCreateNodesError([[file, error]], []);
}
