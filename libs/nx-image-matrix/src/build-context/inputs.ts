import { sourceGlob } from '@nx-image-matrix/dockerfile';
import { hasWildcard } from './pattern.ts';

export type PathKind = 'folder' | 'file' | 'nothing';

/**
 * The parts of the context that an image depends on, as globs relative to the context: a file itself, and everything
 * below a folder. A missing path may become either, and so may what a wildcard matches; a link is a file that may lead
 * to a folder.
 */
export function contextInputs(
  paths: readonly string[],
  links: ReadonlySet<string>,
  kindOf: (path: string) => PathKind,
): string[] {
  const globs = new Set<string>();
  for (const path of paths) {
    const glob = sourceGlob(path);
    const kind = path === '' ? 'folder' : hasWildcard(path) ? 'nothing' : kindOf(path);
    if (kind !== 'folder' || links.has(path)) globs.add(glob);
    if (kind !== 'file' && !links.has(path)) globs.add(path === '' ? '**/*' : `${glob}/**/*`);
  }
  return [...globs].sort();
}
