import { sortDiagnostics } from '@nx-image-matrix/diagnostics';
import { byOptions } from '../options/manifest-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { findDuplicates } from './duplicates.ts';
import type { GeneratedImage } from './generate-image.ts';
import { hasErrors } from './has-errors.ts';
import { readMatrices, type Matrices, type ReadOptions } from './read-matrices.ts';

/** What several entries of the plugin give together. */
export type AllMatrices = Pick<Matrices<GeneratedImage>, 'matrices' | 'diagnostics' | 'dockerfiles'>;

/**
 * The images of a workspace, rendered, each manifest with its own options. Those of one entry of the plugin are read
 * together and apart from the others, as they are when the project graph is made: what an image starts FROM goes into its
 * files.
 */
export function generatedImagesOf(
  { root, manifests, optionsOf, environment }: Workspace,
  readOptions: ReadOptions = {},
): AllMatrices {
  const groups = [...byOptions(manifests, optionsOf)].map(([options, files]) =>
    readMatrices(root, files, options, environment, readOptions),
  );
  const matrices = groups.flatMap((group) => group.matrices);
  const diagnostics = groups.flatMap((group) => group.diagnostics);
  // Those within one entry have been found; what is found now is between two.
  if (groups.length > 1 && !hasErrors(diagnostics)) diagnostics.push(...findDuplicates(matrices));
  return {
    matrices,
    diagnostics: sortDiagnostics(diagnostics),
    dockerfiles: new Map(groups.flatMap((group) => [...group.dockerfiles])),
  };
}
