import { posix } from 'node:path';
import { hasWildcard, readPattern } from '../build-context/pattern.ts';
import type { MatrixSources } from '../matrix/read-matrices.ts';
import { inputFilesOf } from '../matrix/inputs.ts';
import { askedPaths, aroundGlob } from '../matrix/part-files.ts';
import { findFiles } from '../workspace/find-files.ts';
import { folderFiles, isManifestFolder } from '../workspace/manifests.ts';
import type { ChangedPath } from '../workspace/git-changes.ts';
import type { SourceTree } from './source-tree.ts';

/**
 * Puts everything into a tree that a reading of manifests asked for.
 * @returns whether something was added.
 */
export function addSources(
  tree: SourceTree,
  workspaceRoot: string,
  manifests: readonly string[],
  all: readonly MatrixSources[],
  changes: ReadonlyMap<string, ChangedPath>,
): boolean {
  const wanted = manifests.flatMap((manifest) => [
    ...inputFilesOf(manifest),
    ...(isManifestFolder(manifest) ? filesOfGlobs(folderGlobs(manifest), workspaceRoot, changes) : []),
  ]);
  for (const { answers, kinds, followed } of all) {
    const { paths, globs } = askedPaths(answers);
    wanted.push(...paths, ...filesOfGlobs(globs, workspaceRoot, changes), ...Object.keys(kinds));
    for (const [contextDir, found] of Object.entries(followed)) {
      for (const path of Object.keys(found)) wanted.push(...copiedPaths(tree, contextDir, path));
    }
  }
  let added = tree.add(new Set(wanted));
  for (const folder of new Set(all.flatMap(({ templateRoots }) => templateRoots))) {
    if (tree.addBelow(folder)) added = true;
  }
  return added;
}

function folderGlobs(manifest: string): string[] {
  return folderFiles.map((glob) => posix.join(posix.dirname(manifest), glob));
}

/** The files that match now, and those that may have matched before. */
function filesOfGlobs(
  globs: readonly string[],
  workspaceRoot: string,
  changes: ReadonlyMap<string, ChangedPath>,
): string[] {
  return globs.flatMap((glob) => {
    const around = fixedPart(aroundGlob(glob));
    const before = [...changes.keys()].filter((path) => around === '' || path.startsWith(`${around}/`));
    return [...(findFiles(workspaceRoot, glob) ?? []), ...before];
  });
}

/** The folders of a glob before its first wildcard. */
function fixedPart(glob: string): string {
  const segments = glob.split('/');
  const wild = segments.findIndex((segment) => /[*?{]/.test(segment));
  return (wild < 0 ? segments.slice(0, -1) : segments.slice(0, wild)).join('/');
}

/** A copied path, and the links that a wildcard in it may match. */
function copiedPaths(tree: SourceTree, contextDir: string, path: string): string[] {
  const segments = path.split('/');
  const links = segments.flatMap((segment, index) => {
    const pattern = hasWildcard(segment) ? readPattern(segment) : undefined;
    if (!pattern) return [];
    const folder = posix.join(contextDir, ...segments.slice(0, index));
    return tree
      .children(folder === '.' ? '' : folder)
      .filter((child) => pattern.matches(posix.basename(child)) && tree.kindOf(child) === 'link');
  });
  return [posix.join(contextDir, path), ...links];
}
