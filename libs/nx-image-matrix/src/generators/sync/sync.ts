import { dirname, join, posix } from 'node:path';
import type { ProjectGraph, Tree } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/manifest';
import type { RenderedFile } from '@nx-image-matrix/templates';
import type { GeneratedImage } from '../../matrix/generate-image.ts';
import { hasMode } from '../../matrix/on-disk.ts';
import { hasErrors, readMatrices, type Matrices } from '../../matrix/read-matrices.ts';
import type { ImageMatrixOptions } from '../../types.ts';
import { findWayOut, isLink } from '../../fs/links.ts';
import { manifestsOf } from '../../workspace/manifests.ts';
import { resolveOptions, type ResolvedOptions } from '../../workspace/options.ts';
import { sourceReader } from '../../workspace/source-reader.ts';

export interface SyncResult {
  outOfSyncMessage?: string;
  outOfSyncDetails?: string[];
}

/**
 * Writes every generated file that is missing or stale, and removes what no image owns any more.
 * The release version is that of the files in git: IMAGE_VERSION belongs to a single run and is left out.
 * @throws Error with all diagnostics, when a manifest or a template has errors; then nothing is written.
 */
export function syncImages(tree: Tree, graph: ProjectGraph, pluginOptions: ImageMatrixOptions | undefined): SyncResult {
  const options = resolveOptions(pluginOptions);
  const environment = { ...process.env, IMAGE_VERSION: undefined };
  const matrices = readMatrices(tree.root, manifestsOf(graph), options, environment);
  if (hasErrors(matrices.diagnostics)) throw new Error(problemsOf(tree.root, matrices));
  const details = [...writeStale(tree, matrices), ...removeOrphans(tree, matrices, options)];
  if (details.length === 0) return {};
  return {
    outOfSyncMessage: 'The generated image files are not those of the manifest and its templates.',
    outOfSyncDetails: details,
  };
}

function problemsOf(root: string, { diagnostics, dockerfiles }: Matrices): string {
  return formatDiagnostics(diagnostics, sourceReader(root, dockerfiles));
}

function writeStale(tree: Tree, { matrices }: Matrices<GeneratedImage>): string[] {
  const details: string[] = [];
  for (const { contextDir, images } of matrices) {
    for (const { image, rendered } of images) {
      for (const file of rendered) {
        const path = posix.join(contextDir, image.dir, file.path);
        const state = stateOf(tree, path, file);
        if (state === 'current') continue;
        refuseLinks(tree.root, path);
        details.push(`${path} is ${state}`);
        tree.write(path, file.content);
        // Nx drops a mode that is written together with the content that is there already.
        tree.changePermissions(path, file.executable ? 0o755 : 0o644);
      }
    }
  }
  return details;
}

/** Nx writes through symbolic links, and what lies behind one is not ours to write. */
function refuseLinks(root: string, path: string): void {
  const full = join(root, path);
  const outside = findWayOut(dirname(full), root);
  if (!isLink(full) && outside === undefined) return;
  const what = isLink(full) ? 'it is a symbolic link' : `${outside} is a symbolic link that leads out of the workspace`;
  throw new Error(
    `Cannot write ${path}: ${what}, and generated files are plain files of the workspace. ` +
      'Remove the link and run nx sync again. Nothing was changed.',
  );
}

function stateOf(tree: Tree, path: string, { content, executable }: RenderedFile): 'current' | 'stale' | 'missing' {
  if (!tree.isFile(path)) return 'missing';
  const current = tree.read(path)?.equals(Buffer.from(content)) && hasMode(join(tree.root, path), executable);
  return current ? 'current' : 'stale';
}

/** An image folder, one that holds an `image.json` of ours, belongs to the tool; other folders are left alone. */
function removeOrphans(tree: Tree, { matrices }: Matrices, { outputDir }: ResolvedOptions): string[] {
  const details: string[] = [];
  for (const { contextDir, images } of matrices) {
    const owned = new Map(
      images.map(({ image, files }) => [posix.join(contextDir, image.dir), new Set(files.map(({ path }) => path))]),
    );
    for (const folder of imageFoldersBelow(tree, posix.join(contextDir, outputDir))) {
      const files = owned.get(folder);
      if (!files) {
        tree.delete(folder);
        details.push(`${folder} belongs to no image any more`);
        continue;
      }
      for (const path of filesBelow(tree, folder).filter((found) => !files.has(posix.relative(folder, found)))) {
        tree.delete(path);
        details.push(`${path} belongs to no image any more`);
      }
    }
  }
  return details;
}

function imageFoldersBelow(tree: Tree, folder: string): string[] {
  // What lies behind a symbolic link may be anybody's.
  if (!tree.exists(folder) || isLink(join(tree.root, folder))) return [];
  if (isImageDocument(tree, posix.join(folder, 'image.json'))) return [folder];
  return tree
    .children(folder)
    .map((name) => posix.join(folder, name))
    .filter((path) => !tree.isFile(path))
    .flatMap((path) => imageFoldersBelow(tree, path));
}

function filesBelow(tree: Tree, folder: string): string[] {
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    return tree.isFile(path) || isLink(join(tree.root, path)) ? [path] : filesBelow(tree, path);
  });
}

function isImageDocument(tree: Tree, path: string): boolean {
  if (!tree.isFile(path)) return false;
  try {
    const document = JSON.parse(tree.read(path, 'utf8')!) as Record<string, unknown>;
    return ['package', 'releaseType', 'distro', 'reference', 'baseImage'].every(
      (key) => typeof document[key] === 'string',
    );
  } catch {
    return false;
  }
}
