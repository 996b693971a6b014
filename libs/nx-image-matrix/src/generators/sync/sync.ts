import { join, posix, relative } from 'node:path';
import type { Tree } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { RenderedFile } from '@nx-image-matrix/templates';
import { hasMode } from '../../matrix/on-disk.ts';
import { generatedImagesOf, type AllMatrices } from '../../matrix/generated-images-of.ts';
import { hasErrors } from '../../matrix/has-errors.ts';
import { findLink } from '../../fs/links.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import { findRemovals, type Removal } from './removals.ts';

export interface SyncResult {
  outOfSyncMessage?: string;
  outOfSyncDetails?: string[];
}

/**
 * Writes every generated file that is missing or stale, and removes those that no image owns any more.
 * @throws Error with all diagnostics, if a manifest or a template has errors; then nothing is written.
 */
export function syncImages(tree: Tree, workspace: Workspace): SyncResult {
  const matrices = generatedImagesOf(workspace);
  if (hasErrors(matrices.diagnostics)) throw new Error(problemsOf(tree.root, matrices));
  const removals = findRemovals(
    tree,
    matrices.matrices.map((matrix) => {
      const { outputDir } = workspace.optionsOf(matrix.file);
      return { matrix, path: posix.join(matrix.contextDir, outputDir) };
    }),
  );
  const written = writeStale(tree, matrices);
  for (const path of removals.flatMap(({ files }) => files)) tree.delete(path);
  const removed = removals.flatMap(describeRemoval);
  if (written.length + removed.length === 0) return {};
  return {
    outOfSyncMessage: summary(removed),
    outOfSyncDetails: [...written, ...removed],
  };
}

const outOfSync = 'The generated image files are not those of the manifest and its templates.';
/** Lines of the summary; the rest is counted. */
const mostLines = 40;

/** Nx shows details only for `nx sync:check`, but removals must be visible in `nx sync` too. */
function summary(removed: readonly string[]): string {
  const shown =
    removed.length > mostLines ? [...removed.slice(0, mostLines), `${removed.length - mostLines} more`] : removed;
  return [outOfSync, ...shown.map((line) => `  ${line}`)].join('\n');
}

function describeRemoval({ folder, inUse, files, left }: Removal): string[] {
  if (inUse) return files.map((path) => `remove ${path}: no template makes it any more`);
  const names = files.map((path) => posix.relative(folder, path)).join(', ');
  return [
    `remove ${folder} (${names}): it belongs to no image any more`,
    ...left.map((path) => `leave ${path}: it was not written by nx-image-matrix`),
  ];
}

function problemsOf(root: string, { diagnostics, dockerfiles }: AllMatrices): string {
  return formatDiagnostics(diagnostics, sourceReader(root, dockerfiles));
}

function writeStale(tree: Tree, { matrices }: AllMatrices): string[] {
  const details: string[] = [];
  for (const { contextDir, images } of matrices) {
    for (const { image, rendered } of images) {
      const folder = posix.join(contextDir, image.dir);
      for (const file of rendered) {
        const path = posix.join(folder, file.path);
        const state = stateOf(tree, path, file);
        if (state === 'current') continue;
        details.push(`${path} is ${state}`);
        tree.write(path, file.content);
        // Nx drops a mode that is written with unchanged content.
        tree.changePermissions(path, file.executable ? 0o755 : 0o644);
      }
    }
  }
  return details;
}

/**
 * Whether a file is the one that was rendered.
 * @throws Error for a symbolic link at the file or above it: Nx writes through links, to files that are not ours.
 */
function stateOf(tree: Tree, path: string, { content, executable }: RenderedFile): 'current' | 'stale' | 'missing' {
  const link = findLink(tree.root, join(tree.root, path));
  if (link !== undefined) {
    throw new Error(
      `Cannot write ${path}: ${relative(tree.root, link)} is a symbolic link, and generated files are plain files of ` +
        'the workspace in its own folders. Remove the link and run nx sync again. Nothing was changed.',
    );
  }
  if (!tree.isFile(path)) return 'missing';
  const current = tree.read(path)?.equals(Buffer.from(content)) && hasMode(join(tree.root, path), executable);
  return current ? 'current' : 'stale';
}
