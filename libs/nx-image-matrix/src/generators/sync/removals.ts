import { join, posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { findLink, isLink } from '../../fs/links.ts';
import { writtenFiles, type FoundDocument } from '../../matrix/own-files.ts';
import type { Matrix } from '../../matrix/matrix.ts';

/** What to remove from the folders of current and former images. Paths are relative to the workspace. */
export interface Removal {
  folder: string;
  /** Whether an image still has that folder. */
  inUse: boolean;
  /** Files that were written for an image and are now obsolete. */
  files: string[];
  /** Other files in a folder that no image has any more. */
  left: string[];
}

/** The output folder of one manifest. */
export interface OutputFolder {
  matrix: Matrix;
  /** Relative to the workspace. */
  path: string;
}

/**
 * Files that no image of these manifests owns any more, if they are known to be generated: `image.json` lists what was
 * written. Excludes anything behind a symbolic link. Changes nothing.
 */
export function findRemovals(tree: Tree, outputs: readonly OutputFolder[]): Removal[] {
  const owned = ownedFiles(outputs);
  return outputs.flatMap(({ matrix, path: outputFolder }) =>
    imageFolders(tree, outputFolder).flatMap((folder) => {
      const found = { manifest: matrix.file, outputFolder, folder };
      return removalOf(tree, found, owned) ?? [];
    }),
  );
}

/** Folder -> names of the current files of an image in it. */
function ownedFiles(outputs: readonly OutputFolder[]): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    outputs.flatMap(({ matrix: { contextDir, images } }) =>
      images.map(({ image, files }): [string, Set<string>] => [
        posix.join(contextDir, image.dir),
        new Set(files.map(({ path }) => path)),
      ]),
    ),
  );
}

function removalOf(
  tree: Tree,
  found: FoundDocument,
  owned: ReadonlyMap<string, ReadonlySet<string>>,
): Removal | undefined {
  const { folder } = found;
  const document = posix.join(folder, 'image.json');
  if (!isOwnFile(tree, document)) return undefined;
  const written = writtenFiles(tree.read(document, 'utf8') ?? '', found);
  const kept = owned.get(folder);
  const files = (written ?? [])
    .filter((path) => !kept?.has(path))
    .map((path) => posix.join(folder, path))
    .filter((path) => isOwnFile(tree, path));
  if (files.length === 0) return undefined;
  const gone = new Set(files);
  const left = kept ? [] : filesBelow(tree, folder).filter((path) => !gone.has(path));
  return { folder, inUse: kept !== undefined, files, left };
}

/** Most folders between an output folder and that of an image; names of packages may have slashes. */
const DEEPEST = 12;

/** Folders below an output folder that may be those of images, without symbolic links. */
function imageFolders(tree: Tree, folder: string, level = 0): string[] {
  if (!tree.exists(folder) || tree.isFile(folder) || findLink(tree.root, join(tree.root, folder))) return [];
  // Package, distro and release type.
  if (level >= 3 && tree.exists(posix.join(folder, 'image.json'))) return [folder];
  if (level === DEEPEST) return [];
  return tree.children(folder).flatMap((name) => imageFolders(tree, posix.join(folder, name), level + 1));
}

function filesBelow(tree: Tree, folder: string): string[] {
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    return tree.isFile(path) || isLink(join(tree.root, path)) ? [path] : filesBelow(tree, path);
  });
}

function isOwnFile(tree: Tree, path: string): boolean {
  return tree.isFile(path) && findLink(tree.root, join(tree.root, path)) === undefined;
}
