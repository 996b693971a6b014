import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { decodeManifest, type Image } from '@nx-image-matrix/manifest';
import { hasErrors } from '../matrix/has-errors.ts';
import { generatedImagesOf } from '../matrix/generated-images-of.ts';
import type { GeneratedImage } from '../matrix/generate-image.ts';
import { manifestOptions } from '../options/manifest-options.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import { workspaceOfManifests, type Workspace } from '../workspace/workspace.ts';
import { manifestNames } from '../workspace/manifests.ts';
import { checkedImages } from './checked-images.ts';
import { copySources, findMissingSources, reportMissing } from './missing-sources.ts';
import { reportRenamed, renamedImages } from './renamed-images.ts';

export interface ManifestEdit {
  /** Path of the manifest. Default: `manifest.yml` of the workspace, or `manifest.yaml`. */
  manifest?: string;
  /** Continue if existing images get other names or tags. */
  renameTags?: boolean;
  /** The package to copy sources from if those of a new image are missing. */
  sourcesOf?: string;
  /** @throws Error if the edit is impossible. */
  edit: (text: string, images: Image[]) => string;
}

/**
 * Edits a manifest and prints the new images and other effects.
 * @throws Error if the manifest has errors before or after, a new image cannot be rendered, or images get other tags
 * without permission; then nothing is written.
 */
export async function editManifest(tree: Tree, { manifest, edit, ...options }: ManifestEdit): Promise<void> {
  const { readNxJson } = await import('@nx/devkit');
  const file = manifest ?? manifestNames.find((name) => tree.exists(name)) ?? manifestNames[0];
  const workspace = workspaceOfManifests(tree, manifestOptions(readNxJson(tree) ?? {}, tree.root), [file]);
  const imagesIn = (text: string, intro: string): Image[] =>
    checkedImages(workspace, new Map([[file, text]]), intro).get(file) ?? [];
  const { mark, text: source } = readManifest(tree, file, manifest);
  const before = imagesIn(source, `${file} has errors already; nothing was written.\n\n`);
  const edited = edit(source, before);
  const after = imagesIn(edited, `${file} would have errors; nothing was written.\n\n`);
  const renamed = renamedImages(before, after);
  if (renamed.length > 0 && !options.renameTags) {
    throw new Error(`${reportRenamed(renamed)}Nothing was written. Allow it with --renameTags.`);
  }
  const added = without(after, before);
  checkTemplates(tree, posix.dirname(file), added);
  const rendered = render(workspace, file, edited, added);
  tree.write(file, mark + edited);
  const missing = findMissingSources(tree, posix.dirname(file), rendered);
  const copied = options.sourcesOf ? copySources(tree, missing, options.sourcesOf) : [];
  console.log(reportAdded(added) + reportRenamed(renamed) + reportMissing(missing, copied));
}

/** @throws Error if there is none, or its bytes are not editable text. */
function readManifest(tree: Tree, file: string, asked: string | undefined): { mark: string; text: string } {
  const content = tree.isFile(file) ? tree.read(file) : null;
  if (content === null) {
    throw new Error(
      `There is no ${asked ?? 'manifest.yml'}. Name one with --manifest, or begin one: nx g nx-image-matrix:manifest`,
    );
  }
  const text = content.toString('utf8');
  if (decodeManifest(content).problem || !Buffer.from(text).equals(content)) {
    throw new Error(`${file} is not UTF-8; nothing was written. Save it as UTF-8 first.`);
  }
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return { mark, text: text.slice(mark.length) };
}

function without(images: Image[], others: Image[]): Image[] {
  const names = new Set(others.map(({ name }) => name));
  return images.filter(({ name }) => !names.has(name));
}

function checkTemplates(tree: Tree, folder: string, images: Image[]): void {
  for (const { templatesDir, template } of images) {
    const path = posix.join(folder, templatesDir, template);
    if (tree.exists(`${path}.Dockerfile.liquid`) || tree.exists(`${path}/Dockerfile.liquid`)) continue;
    throw new Error(
      `There is neither ${path}.Dockerfile.liquid nor ${path}/Dockerfile.liquid; nothing was written. ` +
        'Write the template first, or choose another folder of templates.',
    );
  }
}

/** The new images, rendered from the templates on disk. */
function render(workspace: Workspace, file: string, text: string, added: readonly Image[]): GeneratedImage[] {
  const names = new Set(added.map(({ name }) => name));
  const matrices = generatedImagesOf(workspace, {
    select: (project) => names.has(project),
    texts: new Map([[file, text]]),
  });
  if (hasErrors(matrices.diagnostics)) {
    const readSource = sourceReader(workspace.root, new Map([...matrices.dockerfiles, [file, text]]));
    const errors = matrices.diagnostics.filter(({ severity }) => severity === 'error');
    throw new Error(
      `The new images would have errors; nothing was written.\n\n${formatDiagnostics(errors, readSource)}`,
    );
  }
  return matrices.matrices.flatMap(({ images }) => images);
}

function reportAdded(images: readonly Image[]): string {
  if (images.length === 0) return '\nNo image is new.\n';
  return `\nNew images:\n${images.map(({ name, reference }) => `  ${name}  ${reference}\n`).join('')}`;
}
