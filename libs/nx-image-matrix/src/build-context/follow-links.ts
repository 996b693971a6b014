import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';
import { hasWildcard, readPattern } from './pattern.ts';

/** What a copied path adds from a context; all sorted, and relative to the context. */
export interface Followed {
  /** The patterns that BuildKit is told to send: the path, or the links to it and their target. */
  included: string[];
  /** The links among it. */
  links: string[];
  /**
   * The target of the path, or the path itself without links; may contain wildcards, and be empty for the whole
   * context.
   */
  ends: string[];
}

/**
 * Follows the symbolic links of copied paths within a context, as BuildKit does before it sends anything (`FollowLinks`
 * in github.com/tonistiigi/fsutil): an absolute link starts at the context, and no link leaves it. Results are cached,
 * for paths in the same folders.
 */
export function createLinkFollower(contextDir: string): (path: string) => Followed {
  const targets = new Map<string, string | undefined>();
  const names = new Map<string, string[]>();

  function targetOf(path: string): string | undefined {
    if (!targets.has(path)) targets.set(path, readLink(contextDir, path));
    return targets.get(path);
  }

  function namesIn(folder: string): string[] {
    const known = names.get(folder) ?? readNames(join(contextDir, folder));
    names.set(folder, known);
    return known;
  }

  /** Targets of the links at a path; wildcards count only in its last segment. */
  function linksAt(path: string): [link: string, target: string][] {
    const folder = posix.dirname(path);
    const base = posix.basename(path);
    const pattern = hasUnescapedWildcard(base) ? readPattern(base) : undefined;
    const paths = pattern
      ? namesIn(folder)
          .filter((name) => pattern.matches(name))
          .map((name) => posix.join(folder, name))
      : [path];
    return paths.flatMap((link) => {
      const target = targetOf(link);
      return target === undefined ? [] : [[link, target]];
    });
  }

  return (path) => {
    const included = new Set<string>();
    const links = new Set<string>();
    const ends = new Set<string>();
    follow(path);
    return { included: [...included].sort(), links: [...links].sort(), ends: [...ends].sort() };

    function follow(from: string): void {
      const segments = posix
        .join('/', from)
        .split('/')
        .filter((segment) => segment !== '');
      if (segments.length === 0) {
        included.add('.');
        ends.add('');
      }
      for (const [index] of segments.entries()) {
        const current = segments.slice(0, index + 1).join('/');
        const found = linksAt(current);
        const isLast = index === segments.length - 1;
        if (!isLast && found.length === 0) continue;
        if (included.has(current)) return;
        included.add(current);
        if (found.length === 0) ends.add(current);
        const rest = segments.slice(index + 1).join('/');
        for (const [link, target] of found) {
          links.add(link);
          follow(posix.join(target, rest));
        }
        if (found.length > 0) return;
      }
    }
  };
}

/** The target of a link, from the top of the context; `undefined` if it is not a link. */
function readLink(contextDir: string, path: string): string | undefined {
  try {
    const absolute = join(contextDir, path);
    if (lstatSync(absolute, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined;
    const link = readlinkSync(absolute);
    return posix.isAbsolute(link) ? link : posix.join('/', posix.dirname(path), link);
  } catch {
    return undefined;
  }
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function hasUnescapedWildcard(name: string): boolean {
  return hasWildcard(name.replace(/\\[^]/g, ''));
}
