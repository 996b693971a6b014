import { posix } from 'node:path';

/** One line of a `.dockerignore`. */
interface Pattern {
  /** `!`: lets in again what an earlier line kept out. */
  letsIn: boolean;
  /** Matches the whole path. */
  path: RegExp;
  /** One per segment of the path; `**` stands for itself. */
  segments: (RegExp | '**')[];
}

export interface Dockerignore {
  /** Whether a path (relative to the context, with `/`) enters the context. */
  lets(path: string): boolean;
  /** Whether something below a folder can enter the context; no means that the folder need not be read. */
  letsBelow(folder: string): boolean;
}

/**
 * Reads a `.dockerignore` by Docker's rules (https://docs.docker.com/build/concepts/context/#dockerignore-files and the
 * matcher in github.com/moby/patternmatcher): the last line that matches a path or one of its folders decides.
 */
export function parseDockerignore(text: string): Dockerignore {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap(readLine);

  function lets(path: string): boolean {
    const ancestors = pathAndFolders(path);
    const decisive = patterns.findLast(({ path: pattern }) => ancestors.some((ancestor) => pattern.test(ancestor)));
    return decisive?.letsIn ?? true;
  }

  function letsBelow(folder: string): boolean {
    return lets(folder) || patterns.some((pattern) => pattern.letsIn && reachesBelow(pattern, folder.split('/')));
  }

  return { lets, letsBelow };
}

function readLine(line: string): Pattern[] {
  if (line.startsWith('#')) return [];
  const text = line.trim();
  const letsIn = text.startsWith('!');
  const written = letsIn ? text.slice(1).trim() : text;
  if (written === '') return [];
  const clean = posix
    .normalize(written)
    .replace(/(?<=.)\/$/, '')
    .replace(/^\/(?=.)/, '');
  // The context itself cannot be kept out.
  if (clean === '.') return [];
  return [
    {
      letsIn,
      path: toRegExp(clean),
      segments: clean.split('/').map((segment) => (segment === '**' ? segment : toRegExp(segment))),
    },
  ];
}

function pathAndFolders(path: string): string[] {
  const all = [path];
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    all.push(path.slice(0, slash));
  }
  return all;
}

/** Whether the folder lies on the way to what the pattern can match. */
function reachesBelow({ segments }: Pattern, folder: string[]): boolean {
  for (const [index, name] of folder.entries()) {
    const segment = segments[index];
    // Beyond its last segment a pattern takes everything in.
    if (segment === undefined || segment === '**') return true;
    // `a**` crosses slashes.
    if (segment.source.includes('.*')) return true;
    if (!segment.test(name)) return false;
  }
  return true;
}

/** `*` and `?` stay within a segment, `**` does not, `[...]` is a class, a backslash takes the next character as it is. */
function toRegExp(pattern: string): RegExp {
  const tokens = /\*\*(\/?)(?=(.?))|\*|\?|\\(.)|[[\]]|[^*?\\[\]]+|\\$/gsu;
  let source = '';
  for (const match of pattern.matchAll(tokens)) {
    const [token, , next, escaped] = match;
    if (token.startsWith('**')) source += next === '' ? '.*' : '(?:.*/)?';
    else if (token === '*') source += '[^/]*';
    else if (token === '?') source += '[^/]';
    else if (token === '[' || token === ']') source += token;
    else source += escapeLiteral(escaped ?? token);
  }
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    // Docker refuses such a pattern when it builds, and says so better.
    return new RegExp(`^${escapeLiteral(pattern)}$`);
  }
}

function escapeLiteral(text: string): string {
  return text.replace(/[.*+?${}()|[\]\\]/g, '\\$&');
}
