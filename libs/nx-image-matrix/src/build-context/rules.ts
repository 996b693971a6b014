import { posix } from 'node:path';
import { isWellFormed, readPattern, type Pattern } from './pattern.ts';

/** One line of a `.dockerignore`. */
export interface Rule {
  /** Counted from 1. */
  line: number;
  /** `!`: includes again what an earlier line excluded. */
  letsIn: boolean;
  pattern: Pattern;
}

export interface BadRule {
  line: number;
  text: string;
  /**
   * An exception that Docker never reaches: it rejects a pattern's expression on first use, and uses an exception only
   * for what an earlier rule excludes.
   */
  unasked: boolean;
}

/**
 * The rules of a `.dockerignore`, as Docker reads them (github.com/moby/patternmatcher, `ignorefile.ReadAll` and
 * `New`), and the lines that it rejects.
 */
export function readRules(text: string): { rules: Rule[]; bad: BadRule[] } {
  const rules: Rule[] = [];
  const bad: BadRule[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const read = readLine(line);
    if (!read) continue;
    const pattern = read.path === '' ? undefined : readPattern(read.path);
    if (pattern) {
      rules.push({ line: index + 1, letsIn: read.letsIn, pattern });
      continue;
    }
    const unasked = read.letsIn && read.path !== '' && isWellFormed(read.path) && rules.every(({ letsIn }) => letsIn);
    bad.push({ line: index + 1, text: trimSpace(line), unasked });
  }
  return { rules, bad };
}

function readLine(line: string): { letsIn: boolean; path: string } | undefined {
  if (line.startsWith('#')) return undefined;
  const text = trimSpace(line);
  if (text === '') return undefined;
  const inverted = text.startsWith('!');
  const path = cleanPath(inverted ? trimSpace(text.slice(1)) : text);
  // The second parser gets the line as cleaned by the first, so `./!a` has become `!a`.
  if (!inverted && path.startsWith('!')) return { letsIn: true, path: path.slice(1) };
  return { letsIn: inverted, path };
}

function cleanPath(path: string): string {
  if (path === '') return '';
  const clean = posix.normalize(path);
  const open = clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
  return open.length > 1 && open.startsWith('/') ? open.slice(1) : open;
}

/** The white space of Go's `unicode.IsSpace`, without the byte order mark. */
const SPACE = /[\t-\r \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]/;

/** Trims that white space from a text. */
function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start++;
  while (end > start && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}
