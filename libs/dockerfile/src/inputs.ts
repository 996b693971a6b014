import type { DockerfileFacts } from './facts.ts';
import { sourceGlob } from './globs.ts';

/**
 * What of the context an image depends on, as globs relative to the context: a file itself, and for a folder all below it.
 * `isDirectory` says `undefined` for what does not exist; that may become either, and so may what a wildcard matches.
 */
export function contextInputs(facts: DockerfileFacts, isDirectory: (path: string) => boolean | undefined): string[] {
  const globs = new Set<string>();
  for (const { path } of facts.sources) {
    const glob = sourceGlob(path);
    const directory = path === '' || (hasWildcard(path) ? undefined : isDirectory(path));
    if (directory !== true) globs.add(glob);
    if (directory !== false) globs.add(path === '' ? '**/*' : `${glob}/**/*`);
  }
  return [...globs].sort();
}

/** Whether a source is a pattern: https://pkg.go.dev/path/filepath#Match */
export function hasWildcard(path: string): boolean {
  return /[*?[\\]/.test(path);
}
