import { compileExpression } from './expression.ts';

/** One pattern of a `.dockerignore`, or of what a Dockerfile copies. */
export interface Pattern {
  /** Relative to the context, without a leading `./` and a trailing `/`. */
  readonly text: string;
  matches(path: string): boolean;
}

/**
 * Reads a pattern as Docker does (github.com/moby/patternmatcher, `Pattern.compile`): `*` and `?` match within a
 * segment, `**` across segments, `[...]` is a class, a backslash quotes the next character. `undefined` if Docker
 * rejects it.
 */
export function readPattern(text: string): Pattern | undefined {
  if (!isWellFormed(text)) return undefined;
  const { source, kind } = translate(text);
  if (kind === 'exact') return { text, matches: (path) => path === text };
  if (kind === 'prefix') {
    const prefix = text.slice(0, -2);
    return { text, matches: (path) => path.startsWith(prefix) };
  }
  if (kind === 'suffix') {
    const suffix = text.slice(2);
    return { text, matches: (path) => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1)) };
  }
  const expression = compileExpression(`^${source}$`);
  const start = literalStart(text);
  return expression && { text, matches: (path) => path.startsWith(start) && expression.test(path) };
}

/** Whether Docker treats a path as a pattern: https://pkg.go.dev/path/filepath#Match */
export function hasWildcard(path: string): boolean {
  return /[*?[\\]/.test(path);
}

/** The beginning of every match; a character before a repetition may be missing. */
function literalStart(text: string): string {
  return text.includes('|') ? '' : text.slice(0, Math.max(text.search(/.?\{|[*?[\]\\^]|$/s), 0));
}

type Kind = 'exact' | 'prefix' | 'suffix' | 'expression';

/** The expression that Docker makes of a pattern, and whether Docker runs it. */
function translate(pattern: string): { source: string; kind: Kind } {
  const characters = [...pattern];
  let source = '';
  let kind: Kind = 'exact';
  for (let at = 0; at < characters.length; at++) {
    const first = at === 0;
    const character = characters[at] ?? '';
    if (character === '*' && characters[at + 1] === '*') {
      at += characters[at + 2] === '/' ? 2 : 1;
      const last = at === characters.length - 1;
      source += last ? '.*' : '(.*/)?';
      kind = first ? 'suffix' : last && kind === 'exact' ? 'prefix' : 'expression';
    } else if (character === '*' || character === '?') {
      source += character === '*' ? '[^/]*' : '[^/]';
      kind = 'expression';
    } else if (character === '\\' && at + 1 < characters.length) {
      source += `\\${characters[++at]}`;
      kind = 'expression';
    } else if (character === '[' || character === ']') {
      source += character;
      kind = 'expression';
    } else {
      // Docker means to quote `|`, `{` and `}` too, but its table does not list them, so they are unchanged.
      source += /[.+()$]/.test(character) ? `\\${character}` : character;
    }
  }
  return { source, kind };
}

/** The syntax check of Go's `filepath.Match`, which Docker runs first. */
export function isWellFormed(pattern: string): boolean {
  const characters = [...pattern];
  let at = 0;
  const readClassCharacter = (): boolean => {
    if (characters[at] === '\\') at++;
    else if (characters[at] === '-' || characters[at] === ']') return false;
    return characters[at++] !== undefined && at < characters.length;
  };
  while (at < characters.length) {
    const character = characters[at++];
    if (character === '\\' && characters[at++] === undefined) return false;
    if (character !== '[') continue;
    if (characters[at] === '^') at++;
    for (let first = true; first || characters[at] !== ']'; first = false) {
      if (!readClassCharacter()) return false;
      if (characters[at] !== '-') continue;
      at++;
      if (!readClassCharacter()) return false;
    }
    at++;
  }
  return true;
}
