import { posix } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { cachedMatrices } from '../../matrix/cache/cached-matrices.ts';
import { imageStates } from '../../matrix/image-states.ts';
import { hasErrors } from '../../matrix/has-errors.ts';
import type { ResolvedOptions } from '../../options/resolve-options.ts';
import { alsoInferred } from '../../plugin/neighbours.ts';
import { sourceReader } from '../../workspace/source-reader.ts';

/** The warnings of one manifest, and whether any is an error. */
export function matrixWarnings(
  manifest: string,
  options: ResolvedOptions,
  { root, nxJsonConfiguration }: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>,
): { warnings: string[]; failed: boolean } {
  const matrices = cachedMatrices(root, [manifest], options, process.env);
  const known = imageStates(root, matrices);
  const states = [...known.states.values()];
  const folders = matrices.matrices.map(({ contextDir }) => posix.join(contextDir, options.outputDir));
  const neighbours = alsoInferred(nxJsonConfiguration?.plugins, folders);
  const found = [...matrices.diagnostics, ...neighbours, ...known.warnings];
  return {
    warnings: [
      ...(found.length > 0 ? [formatDiagnostics(found, sourceReader(root, matrices.dockerfiles))] : []),
      ...(states.some(({ ignored }) => ignored) ? [ignoredWarning] : []),
    ],
    failed: hasErrors(matrices.diagnostics),
  };
}

const ignoredWarning =
  'git ignores the generated files. Images then count as stale, and "nx affected" goes by manifest and templates.';
