import type { NxJsonConfiguration } from '@nx/devkit';
import type { ImageReference } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { entriesOfManifest, manifestOptions } from '../options/manifest-options.ts';
import { isNxIgnored } from '../workspace/nx-ignore.ts';
import type { ImageFacts } from './generate-image.ts';
import { imagesOf } from './images-of.ts';
import { OwnReferences } from './own-references.ts';
import { rootOf } from './produced-files.ts';
import type { Matrix } from './matrix.ts';

/**
 * An error for each manifest whose images start `FROM` or copy from an image of another entry of this plugin in
 * `nx.json`: each entry infers its projects without the others', so there would be no edge. `manifests` are all
 * manifests of the workspace.
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
  const optionsOf = manifestOptions(nxJson, workspaceRoot);
  // Errors in these manifests are reported where their matrices are read.
  const strangers = imagesOf({ root: workspaceRoot, manifests: others, optionsOf, environment: process.env });
  const images = new OwnReferences(
    strangers.flatMap(({ file, images: found = [] }) => found.map(({ reference }) => [reference, file] as const)),
  );
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
          hint: 'let one entry take both manifests, by `include` and `exclude`; its option `prefix` may differ by manifest',
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
