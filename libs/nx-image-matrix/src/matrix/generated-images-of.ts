import { sortDiagnostics } from '@nx-image-matrix/diagnostics';
import { byOptions } from '../options/manifest-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { findDuplicates } from './duplicates.ts';
import type { GeneratedImage } from './generate-image.ts';
import { hasErrors } from './has-errors.ts';
import { readMatrices, type Matrices, type MatrixSources, type ReadOptions } from './read-matrices.ts';

/** The combined result of several plugin entries. */
export interface AllMatrices extends Pick<
  Matrices<GeneratedImage>,
  'matrices' | 'parents' | 'diagnostics' | 'dockerfiles'
> {
  /** What each entry was made from. */
  sources: MatrixSources[];
}

/**
 * Renders the images of a workspace, each manifest with its own options. The manifests of one plugin entry are read
 * together and separately from others, as for the project graph, because the files of an image depend on its parents.
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
  // Those within one entry are already reported; these are between two.
  if (groups.length > 1 && !hasErrors(diagnostics)) diagnostics.push(...findDuplicates(matrices));
  return {
    matrices,
    parents: new Map(groups.flatMap((group) => [...group.parents])),
    diagnostics: sortDiagnostics(diagnostics),
    dockerfiles: new Map(groups.flatMap((group) => [...group.dockerfiles])),
    sources: groups.map(({ sources }) => sources),
  };
}
