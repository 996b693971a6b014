import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Image } from '@nx-image-matrix/manifest';
import { hasErrors } from '../matrix/has-errors.ts';
import { imagesOf } from '../matrix/images-of.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import type { Workspace } from '../workspace/workspace.ts';

/**
 * The images of manifests, by manifest. `texts` overrides manifests on disk.
 * @throws Error with all diagnostics, if there are errors.
 */
export function checkedImages(
  workspace: Workspace,
  texts: ReadonlyMap<string, string> = new Map(),
  intro = '',
): Map<string, Image[]> {
  const manifests = imagesOf(workspace, texts);
  const diagnostics = manifests.flatMap((manifest) => manifest.diagnostics);
  if (hasErrors(diagnostics)) {
    throw new Error(intro + formatDiagnostics(diagnostics, sourceReader(workspace.root, texts)));
  }
  return new Map(manifests.map(({ file, images = [] }) => [file, images]));
}
