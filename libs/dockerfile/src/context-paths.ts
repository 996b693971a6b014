import { posix } from 'node:path';
import type { Value } from './expand.ts';

/**
 * The context paths that a source may refer to, with `..` resolved; Docker treats the context as the root of all paths.
 * An unknown value matches every possible value, with or without slashes.
 */
export function contextPaths({ text, unknown }: Value): string[] {
  if (unknown.length === 0) return [posix.normalize(`/${text}`).replace(/^\/+|\/+$/g, '')];
  const segments = resolveDots(text);
  const partly = segments.filter((segment) => segment !== ANY && segment.includes(ANY));
  const [pattern = ''] = partly;
  if (partly.length === 0 || partly.length > 1 || pattern.split(ANY).length > 2) {
    return [join(segments.map((segment) => (segment.includes(ANY) ? ANY : segment)))];
  }
  const isLast = segments.at(-1) === pattern;
  return spellings(pattern, isLast).map((spelling) =>
    join(segments.map((segment) => (segment === pattern ? spelling : segment))),
  );
}

const ANY = '**';

function resolveDots(text: string): string[] {
  const segments: string[] = [];
  for (const segment of text.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment.replace(/\*{2,}/g, ANY));
    // The parent of an unknown folder is also unknown.
    else if (segments.at(-1)?.includes(ANY)) segments.splice(-1, 1, ANY);
    else segments.pop();
  }
  return segments;
}

/** `a**b` in Docker's patterns, where two stars must be a whole segment. */
function spellings(pattern: string, isLast: boolean): string[] {
  const [before = '', after = ''] = pattern.split(ANY);
  if (before === '') return [`**/*${after}`];
  return after === '' && isLast ? [`${before}*`] : [`${before}*${after}`, `${before}*/**/*${after}`];
}

/** Everything below a folder means the folder. */
function join(segments: readonly string[]): string {
  const end = segments.findLastIndex((segment) => segment !== ANY);
  return segments.slice(0, end + 1).join('/');
}
