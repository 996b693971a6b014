import { compileExpression } from './expression.ts';

/** One pattern of a `.dockerignore`, or of what a Dockerfile copies. */
export interface Pattern {
  /** Relative to the context, without `./` before it or `/` after it. */
  readonly text: string;
  matches(path: string): boolean;
}

/**
 * Reads a pattern as Docker does (github.com/moby/patternmatcher, `Pattern.compile`): `*` and `?` stay within a segment,
 * `**` does not, `[...]` is a class, a backslash takes the next character as it is. `undefined` where Docker refuses it.
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

/** Whether a path is a pattern to Docker: https://pkg.go.dev/path/filepath#Match */
export function hasWildcard(path: string): boolean {
  return /[*?[\\]/.test(path);
}

/** What every match begins with; what stands before a repetition may not be there. */
function literalStart(text: string): string {
  return text.includes('|') ? '' : text.slice(0, Math.max(text.search(/.?\{|[*?[\]\\^]|$/s), 0));
}

type Kind = 'exact' | 'prefix' | 'suffix' | 'expression';

/** The expression that Docker makes of a pattern, and whether it takes the trouble to run it. */
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
      // Docker means to quote `|`, `{` and `}` as well, but its table has no place for them, so they stay what they are.
      source += /[.+()$]/.test(character) ? `\\${character}` : character;
    }
  }
  return { source, kind };
}

/** What Go's `filepath.Match` says of the syntax, which Docker asks first. */
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
