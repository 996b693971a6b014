import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { decodeManifest, readManifestTexts, type Image, type ManifestTexts } from '@nx-image-matrix/manifest';
import { hasErrors } from '../matrix/has-errors.ts';
import { generatedImagesOf } from '../matrix/generated-images-of.ts';
import type { GeneratedImage } from '../matrix/generate-image.ts';
import { PartFiles } from '../matrix/part-files.ts';
import { manifestOptions } from '../options/manifest-options.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import { workspaceOfManifests, type Workspace } from '../workspace/workspace.ts';
import { folderName, isManifestFolder, manifestNames } from '../workspace/manifests.ts';
import { isNxIgnored } from '../workspace/nx-ignore.ts';
import { checkedImages } from './checked-images.ts';
import { copySources, findMissingSources, reportMissing } from './missing-sources.ts';
import { reportRenamed, renamedImages } from './renamed-images.ts';

export interface ManifestEdit {
  /** Path of the manifest. Default: `manifest.yml` of the workspace, `manifest.yaml`, or the folder `manifest`. */
  manifest?: string;
  /** Continue if existing images get other names or tags. */
  renameTags?: boolean;
  /** The package to copy sources from if those of a new image are missing. */
  sourcesOf?: string;
  /** @throws Error if the edit is impossible. */
  edit: (manifest: ManifestTexts, images: Image[]) => ManifestTexts;
}

/**
 * Edits a manifest and prints the new images and other effects.
 * @throws Error if the manifest has errors before or after, a new image cannot be rendered, or images get other tags
 * without permission; then nothing is written.
 */
export async function editManifest(tree: Tree, { manifest, edit, ...options }: ManifestEdit): Promise<void> {
  const { readNxJson } = await import('@nx/devkit');
  const isHere = (name: string): boolean => tree.exists(name) && !isNxIgnored(tree.root, name);
  const file = manifest?.replace(/\/+$/, '') ?? [...manifestNames, folderName].find(isHere) ?? manifestNames[0];
  const workspace = workspaceOfManifests(tree, manifestOptions(readNxJson(tree) ?? {}, tree.root), [file]);
  const imagesIn = ({ texts }: ManifestTexts, intro: string): Image[] =>
    checkedImages(workspace, texts, intro).get(file) ?? [];
  const source = readTexts(tree, file, manifest);
  const before = imagesIn(source, `${file} has errors already; nothing was written.\n\n`);
  const edited = edit(source, before);
  const after = imagesIn(edited, `${file} would have errors; nothing was written.\n\n`);
  const renamed = renamedImages(before, after);
  if (renamed.length > 0 && !options.renameTags) {
    throw new Error(`${reportRenamed(renamed)}Nothing was written. Allow it with --renameTags.`);
  }
  const added = without(after, before);
  checkTemplates(tree, posix.dirname(file), added);
  const rendered = added.length > 0 ? render(workspace, edited.texts, added) : [];
  for (const [path, text] of edited.texts) {
    if (text !== source.texts.get(path)) tree.write(path, markOf(tree, path) + text);
  }
  const missing = findMissingSources(tree, posix.dirname(file), rendered);
  const copied = options.sourcesOf ? copySources(tree, missing, options.sourcesOf) : [];
  console.log(reportAdded(added) + reportRenamed(renamed) + reportMissing(missing, copied));
}

/**
 * The files of a manifest, without byte order marks.
 * @throws Error if there is none, or the bytes of a file are not editable text.
 */
function readTexts(tree: Tree, file: string, asked: string | undefined): ManifestTexts {
  const isFolder = isManifestFolder(file) && tree.exists(file) && !tree.isFile(file);
  if (!isFolder && !tree.isFile(file)) {
    throw new Error(
      `There is no ${asked ?? 'manifest.yml'}. Name one with --manifest, or begin one: nx g nx-image-matrix:manifest`,
    );
  }
  const found = readManifestTexts(isFolder ? undefined : readText(tree, file), file, new PartFiles(tree.root));
  return [...found.texts.keys()].reduce((manifest, path) => manifest.with(path, readText(tree, path)), found);
}

function readText(tree: Tree, file: string): string {
  const content = tree.read(file) ?? Buffer.alloc(0);
  const text = content.toString('utf8');
  if (decodeManifest(content).problem || !Buffer.from(text).equals(content)) {
    throw new Error(`${file} is not UTF-8; nothing was written. Save it as UTF-8 first.`);
  }
  return text.slice(markOf(tree, file).length);
}

/** The byte order mark of a file, if it has one. */
function markOf(tree: Tree, file: string): string {
  return tree.read(file, 'utf8')?.startsWith('\ufeff') ? '\ufeff' : '';
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
function render(workspace: Workspace, texts: ReadonlyMap<string, string>, added: readonly Image[]): GeneratedImage[] {
  const names = new Set(added.map(({ name }) => name));
  const matrices = generatedImagesOf(workspace, {
    select: (project) => names.has(project),
    texts,
  });
  if (hasErrors(matrices.diagnostics)) {
    const readSource = sourceReader(workspace.root, new Map([...matrices.dockerfiles, ...texts]));
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
