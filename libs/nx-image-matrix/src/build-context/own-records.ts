import { hasWildcard, readPattern } from './pattern.ts';

/** What this tool writes beside `build.json` and `build.lock` has their names and something after them. */
const RECORDS = ['build.json*', 'build.lock*'];

/** What Nx keeps in a workspace for itself. */
const NX_DATA = ['.nx', 'node_modules/.cache/nx'];

/**
 * The rules that keep the records of this tool and the data of Nx out of a context from which the given paths are copied:
 * each build changes them, so an image that holds them is never up to date. There are none where no path is near them.
 *
 * `isThere` is asked for the manifest of a folder whose output is copied.
 */
export function neverEntering(
  contextDir: string,
  outputDir: string,
  paths: readonly string[],
  isThere: (path: string) => boolean,
): string[] {
  // All of it lies below the workspace's own folder.
  if (contextDir !== '') return [];
  const nx = NX_DATA.filter((data) => paths.some((path) => meets(path, data)));
  const records = paths.some((path) => mayHoldRecords(path, outputDir, isThere));
  return [
    ...nx.flatMap((path) => [path, `${path}/**`]),
    // The folder of an image is the output folder, its package, its distro and its release type.
    ...(records ? RECORDS.map((name) => `dist/**/${outputDir}/*/*/*/${name}`) : []),
  ];
}

function mayHoldRecords(path: string, outputDir: string, isThere: (path: string) => boolean): boolean {
  if (!meets(path, 'dist')) return false;
  const [, ...below] = path.split('/');
  if (below.length === 0 || hasWildcard(path) || meets(path, `dist/${outputDir}`)) return true;
  return ['manifest.yml', 'manifest.yaml'].some((name) => isThere(`${below.join('/')}/${name}`));
}

/** Whether one of two paths may lie in the other, or be it. */
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
