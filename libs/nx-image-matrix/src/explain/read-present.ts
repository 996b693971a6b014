import { posix } from 'node:path';
import type { Image } from '@nx-image-matrix/manifest';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { cachedMatrices } from '../matrix/cache/cached-matrices.ts';
import { storedContents } from '../matrix/cache/contents.ts';
import { openStore } from '../matrix/cache/store.ts';
import type { GeneratedImage, ImageFacts } from '../matrix/generate-image.ts';
import { hasErrors } from '../matrix/has-errors.ts';
import { imagesOf, type ManifestImages } from '../matrix/images-of.ts';
import { inputFile, inputFilesOf } from '../matrix/inputs.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Matrices } from '../matrix/read-matrices.ts';
import { byOptions } from '../options/manifest-options.ts';
import type { ChangedPath } from '../workspace/git-changes.ts';
import { manifestsAmong } from '../workspace/manifests.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { pathsWithTargets } from './edits.ts';
import { readSide, sideOf, type Side } from './read-side.ts';

/** The present state, and the images before rendering if they are those of the base as well. */
export interface Present {
  side: Side;
  expanded?: ManifestImages[];
}

/**
 * The images of the present state. Where no manifest has changed, what was rendered for the project graph is used again,
 * and the images before rendering count for both states.
 */
export function readPresent(workspace: Workspace, changes: ReadonlyMap<string, ChangedPath>): Present {
  const { root, manifests, optionsOf, environment } = workspace;
  const groups = [...byOptions(manifests, optionsOf)].map(([options, files]) =>
    cachedMatrices(root, files, options, environment, () => {}),
  );
  if (groups.some(({ diagnostics }) => hasErrors(diagnostics)) || changesManifests(groups, workspace, changes)) {
    return { side: readSide(workspace) };
  }
  const expanded = imagesOf(workspace);
  const matrices = generatedOf(groups, expanded, workspace);
  if (!matrices) return { side: readSide(workspace) };
  const read = {
    matrices,
    parents: new Map(groups.flatMap(({ parents }) => [...parents])),
    diagnostics: [],
    dockerfiles: new Map<string, string>(),
    sources: groups.map(({ sources }) => sources),
  };
  return { side: sideOf(workspace, read), expanded };
}

/** Whether the images before rendering may differ: a manifest, one of its files, the lock or an option has changed. */
function changesManifests(
  groups: readonly Matrices[],
  { root, manifests }: Workspace,
  changes: ReadonlyMap<string, ChangedPath>,
): boolean {
  const matrices = groups.flatMap((group) => group.matrices);
  const ignored = new Set(manifests.map((manifest) => inputFile(manifest, 'dockerignore')));
  const inputs = new Set(
    pathsWithTargets(
      root,
      [...manifests.flatMap(inputFilesOf), ...matrices.flatMap(({ parts }) => parts.files)].filter(
        (path) => !ignored.has(path),
      ),
    ),
  );
  const hasGlobs = matrices.some(({ parts }) => parts.inputs.length > 0);
  const folders = new Set(
    matrices.flatMap(({ contextDir, images }) => images.map(({ image }) => posix.join(contextDir, image.dir))),
  );
  return [...changes.keys()].some((path) => {
    if (path === 'nx.json' || inputs.has(path)) return true;
    if (folders.has(posix.dirname(path))) return false;
    return manifestsAmong([path]).length > 0 || (hasGlobs && /\.(?:ya?ml|json)$/.test(path));
  });
}

/** The rendered images; `undefined` if one is not known. */
function generatedOf(
  groups: readonly Matrices[],
  expanded: readonly ManifestImages[],
  workspace: Workspace,
): Matrix<GeneratedImage>[] | undefined {
  const images = new Map(expanded.flatMap(({ images: own = [] }) => own.map((image) => [image.name, image])));
  const found: Matrix<GeneratedImage>[] = [];
  for (const { matrices } of groups) {
    for (const matrix of matrices) {
      const contentsOf = contentReader(workspace, matrix.file);
      const own = matrix.images.flatMap((facts) => {
        const image = images.get(facts.image.name);
        return image ? withContents(facts, image, contentsOf) : [];
      });
      if (own.length < matrix.images.length) return undefined;
      found.push({ ...matrix, images: own });
    }
  }
  return found;
}

type ContentReader = (image: ImageFacts) => RenderedFile[];

/** Reads contents when they are first asked for; renders the images if they are not stored. */
function contentReader(workspace: Workspace, manifest: string): ContentReader {
  let stored: ReturnType<typeof storedContents> | undefined;
  let rendered: Side | undefined;
  return ({ image, digest }) => {
    stored ??= storedContents(openStore(workspace.root, workspace.environment), manifest);
    const contents = stored(digest)?.rendered;
    if (contents) return contents;
    rendered ??= readSide(workspace);
    return rendered.images.get(image.name)?.generated.rendered ?? [];
  };
}

function withContents(facts: ImageFacts, image: Image, contentsOf: ContentReader): GeneratedImage {
  if (isGenerated(facts)) return facts;
  let known: RenderedFile[] | undefined;
  return {
    ...facts,
    image,
    variables: new Set(),
    warnings: [],
    get rendered() {
      return (known ??= contentsOf(facts));
    },
  };
}

/** Whether an image was rendered just now, and not read from the cache. */
function isGenerated(facts: ImageFacts): facts is GeneratedImage {
  return 'rendered' in facts;
}
