import { literalGlob } from '@nx-image-matrix/dockerfile';
import { hasWildcard, readPattern } from './pattern.ts';

/** Files that this tool writes next to `build.json` and `build.lock` begin with their names. */
const RECORDS = ['build.json*', 'build.lock*'];

/**
 * The rules that exclude this tool's records and Nx's data from a context from which the given paths are copied. Each
 * build changes them, so an image that contained them would never be up to date. None if no path is near them.
 *
 * `nxData` are folders of the workspace; `isThere` is called for the manifest of a folder whose output is copied,
 * `packageDepths` are the numbers of parts that names of packages have: `osrf/ros` has two.
 */
export function neverEntering(
  contextDir: string,
  outputDir: string,
  paths: readonly string[],
  nxData: readonly string[],
  isThere: (path: string) => boolean,
  packageDepths: readonly number[] = [1],
): string[] {
  const inContext = nxData.flatMap((data) => pathBelow(contextDir, data) ?? []);
  const nx = inContext.filter((data) => paths.some((path) => meets(path, data))).map(literalGlob);
  // Records are below the workspace folder.
  const records = contextDir === '' && paths.some((path) => mayHoldRecords(path, outputDir, isThere));
  return [
    ...nx.flatMap((path) => [path, `${path}/**`]),
    // The folder of an image is output folder, package, distro and release type.
    ...(records ? packageDepths : []).flatMap((depth) =>
      RECORDS.map((name) => `dist/**/${outputDir}/${'*/'.repeat(depth + 2)}${name}`),
    ),
  ];
}

function pathBelow(folder: string, path: string): string | undefined {
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function mayHoldRecords(path: string, outputDir: string, isThere: (path: string) => boolean): boolean {
  if (!meets(path, 'dist')) return false;
  const [, ...below] = path.split('/');
  if (below.length === 0 || hasWildcard(path) || meets(path, `dist/${outputDir}`)) return true;
  return ['manifest.yml', 'manifest.yaml', 'manifest'].some((name) => isThere(`${below.join('/')}/${name}`));
}

/** Whether one of two paths may be the other, or be in it. */
function meets(path: string, other: string): boolean {
  if (path === '') return true;
  const names = other.split('/');
  for (const [index, segment] of path.split('/').entries()) {
    const name = names[index];
    if (name === undefined || segment.includes('**')) return true;
    if (readPattern(segment)?.matches(name) === false) return false;
  }
  return true;
}
