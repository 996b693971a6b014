import { posix } from 'node:path';
import type { GitAnswer } from '../workspace/git.ts';
import type { ImageFacts } from './generate-image.ts';
import type { Matrix } from './read-matrices.ts';

/** Folder of an image's files, relative to the workspace. */
export function rootOf({ contextDir }: Matrix, { image }: ImageFacts): string {
  return contextDir === '' ? image.dir : `${contextDir}/${image.dir}`;
}

/** The paths that an image copies, as far as they are known. */
export function literalSources({ sources }: ImageFacts): ImageFacts['sources'] {
  return sources.filter(({ path, unresolved }) => path !== '' && !unresolved);
}

/** What images copy and no commit holds, relative to the workspace. */
export function copiedPathsToMake(matrices: readonly Matrix[], git: GitAnswer): string[] {
  const paths = matrices.flatMap((matrix) =>
    matrix.images.flatMap((generated) => [...pathsToMake(matrix, generated, git).keys()]),
  );
  return [...new Set(paths)];
}

/** What an image copies and no commit holds, as far as git says: some target has to make it. */
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
