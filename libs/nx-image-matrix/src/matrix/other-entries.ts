import type { NxJsonConfiguration } from '@nx/devkit';
import type { ImageReference } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { isImageMatrix, parseManifest } from '@nx-image-matrix/manifest';
import { entriesOfManifest, manifestOptions } from '../options/manifest-options.ts';
import { isNxIgnored } from '../workspace/nx-ignore.ts';
import { expandWith } from './expand-with.ts';
import type { ImageFacts } from './generate-image.ts';
import { OwnReferences } from './own-references.ts';
import { rootOf } from './produced-files.ts';
import type { Matrix } from './read-matrices.ts';
import { readManifest } from './read-sources.ts';

/**
 * An error for each manifest whose images start FROM or copy from an image of another entry of this plugin in `nx.json`:
 * each entry makes its projects without knowing the others', so that there would be no edge. `manifests` are those of the
 * whole workspace.
 */
export function parentsOfOtherEntries(
  workspaceRoot: string,
  nxJson: NxJsonConfiguration,
  matrices: readonly Matrix[],
  manifests: readonly string[],
): Diagnostic[] {
  const own = new Set(matrices.map(({ file }) => file));
  const entriesOf = entriesOfManifest(nxJson, workspaceRoot);
  const others = manifests.filter((file) => !own.has(file) && entriesOf(file).length > 0);
  const images = new OwnReferences(referencesOf(workspaceRoot, nxJson, others));
  const errors: Diagnostic[] = [];
  for (const matrix of matrices) {
    const named = new Set<string>();
    for (const [image, reference] of referencesIn(matrix)) {
      for (const other of images.find(reference.reference)) {
        if (named.has(other)) continue;
        named.add(other);
        if (isNxIgnored(workspaceRoot, other)) continue;
        const takes = (file: string): string => `plugins[${entriesOf(file).at(-1)}] takes ${file}`;
        errors.push({
          code: 'parent-of-other-entry',
          severity: 'error',
          file: `${rootOf(matrix, image)}/Dockerfile`,
          line: reference.line,
          column: reference.column,
          message:
            `The Dockerfile of ${image.image.name} starts from or copies from "${reference.reference}", an image of ${other}. ` +
            `In nx.json ${takes(matrix.file)} and ${takes(other)}, and there are no edges between images of two entries.`,
          hint: 'Let one entry take both manifests, by `include` and `exclude`; its option `prefix` may differ by manifest.',
        });
      }
    }
  }
  return errors;
}

function referencesIn({ images }: Matrix): [image: ImageFacts, reference: ImageReference][] {
  return images.flatMap((image) =>
    image.references.map((reference): [ImageFacts, ImageReference] => [image, reference]),
  );
}

/** What is wrong with these manifests is said where they are read as matrices. */
function* referencesOf(
  workspaceRoot: string,
  nxJson: NxJsonConfiguration,
  manifests: readonly string[],
): Iterable<[reference: string, manifest: string]> {
  const optionsOf = manifestOptions(nxJson, workspaceRoot);
  for (const file of manifests) {
    const found = readManifest(workspaceRoot, file);
    if (!('text' in found) || !isImageMatrix(found.text)) continue;
    const { manifest } = parseManifest(found.text, file);
    if (!manifest) continue;
    for (const { reference } of expandWith(manifest, optionsOf(file), process.env).images) yield [reference, file];
  }
}
