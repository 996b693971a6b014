import { posix } from 'node:path';
import { sourceGlob } from '@nx-image-matrix/dockerfile';
import { findExclusion } from '../build-context/write-dockerignore.ts';
import { hasWildcard } from '../build-context/pattern.ts';
import type { Rule } from '../build-context/rules.ts';
import { gitIgnored, type GitAnswer } from '../workspace/git.ts';
import { preferBuilds, type Artifact } from '../workspace/outputs.ts';
import type { CopiedPaths } from '../workspace/producers.ts';
import type { ImageFacts } from './generate-image.ts';
import { setOf } from './set-of.ts';
import type { Matrix } from './matrix.ts';

/** Folder of an image's files, relative to the workspace. */
export function rootOf({ contextDir }: Matrix, { image }: ImageFacts): string {
  return contextDir === '' ? image.dir : `${contextDir}/${image.dir}`;
}

/** The paths that an image copies, as far as known. */
export function literalSources({ sources }: ImageFacts): ImageFacts['sources'] {
  return sources.filter(({ path, unresolved }) => path !== '' && !unresolved);
}

/** Paths that images copy and that a target may create, fully or in part. */
export function copiedPaths(matrices: readonly Matrix[], git: GitAnswer): CopiedPaths {
  const folders = matrices.flatMap((matrix) => matrix.images.flatMap((generated) => foldersOf(matrix, generated)));
  const distinct = [...new Set(folders)].filter((folder) => !git.ignored.has(folder) && !git.unknown.has(folder));
  return { ignored: copiedPathsToMake(matrices, git), folders: distinct };
}

/** Whether a copied path is, or may become, a folder; a link to a folder is not. */
export function mayBeFolder({ contextInputs }: ImageFacts, path: string): boolean {
  return setOf(contextInputs).has(`${sourceGlob(path)}${below}`);
}

/** Folders that an image copies, links followed, relative to the workspace; without the workspace itself. */
function foldersOf({ contextDir }: Matrix, { contextInputs }: ImageFacts): string[] {
  const globs = setOf(contextInputs);
  return contextInputs
    .filter((glob) => glob.endsWith(below) && !globs.has(glob.slice(0, -below.length)))
    .map((glob) => posix.join(contextDir, glob.slice(0, -below.length)))
    .concat(globs.has('**/*') && contextDir !== '' ? [contextDir] : [])
    .filter((folder) => !hasWildcard(folder));
}

const below = '/**/*';

/**
 * What targets create in copied folders, by manifest and folder: files that git ignores and the context's
 * `.dockerignore` includes. Calls git once, if needed.
 */
export function madeInFolders(
  workspaceRoot: string,
  matrices: readonly Matrix[],
  artifacts: ReadonlyMap<string, Artifact[]>,
  rulesOf: (matrix: Matrix) => readonly Rule[],
): (matrix: Matrix, generated: ImageFacts) => Artifact[] {
  const all = [...artifacts.values()].flat();
  if (all.length === 0) return () => [];
  const { ignored } = gitIgnored(workspaceRoot, [...new Set(all.flatMap(({ path }) => [path, `${path}/`]))]);
  const made = new Map(
    matrices.map((matrix) => {
      const rules = rulesOf(matrix);
      const enters = ({ path }: Artifact): boolean =>
        ignored.has(path) && findExclusion(posix.relative(matrix.contextDir, path), rules) === undefined;
      return [matrix, new Map([...artifacts].map(([folder, found]) => [folder, found.filter(enters)]))];
    }),
  );
  return (matrix, generated) => {
    const own = made.get(matrix);
    return preferBuilds(foldersOf(matrix, generated).flatMap((folder) => own?.get(folder) ?? []));
  };
}

/** Paths that images copy and that are not committed, relative to the workspace. */
function copiedPathsToMake(matrices: readonly Matrix[], git: GitAnswer): string[] {
  const paths = matrices.flatMap((matrix) =>
    matrix.images.flatMap((generated) => [...pathsToMake(matrix, generated, git).keys()]),
  );
  return [...new Set(paths)];
}

/** Paths that an image copies and that git knows are not committed: a target must create them. */
export function pathsToMake(
  matrix: Matrix,
  generated: ImageFacts,
  { ignored, unknown }: GitAnswer,
): Map<string, ImageFacts['sources'][number]> {
  const paths = new Map<string, ImageFacts['sources'][number]>();
  if (ignored.size === 0 && unknown.size === 0) return paths;
  const own = `${rootOf(matrix, generated)}/`;
  for (const source of literalSources(generated)) {
    const path = posix.join(matrix.contextDir, source.path);
    if ((ignored.has(path) || unknown.has(path)) && !path.startsWith(own)) paths.set(path, source);
  }
  return paths;
}
