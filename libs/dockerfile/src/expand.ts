import { limitDepth, limitPattern, limitValue } from './limits.ts';
import { cutWildcard } from './wildcard.ts';

/** A text with `**` for each variable without a known value, or with `*` if the value has no slash. */
export interface Value {
  text: string;
  /** The names of these variables. */
  unknown: readonly string[];
}

/** The known values of variables. */
export interface Variables {
  readonly values: ReadonlyMap<string, Value>;
  /** Whether an external image may have set other variables. */
  readonly open: boolean;
}

const NONE: readonly string[] = [];
const NOTHING: Value = { text: '', unknown: NONE };

/**
 * Resolves the quotes, backslashes and variables of a word, as Docker does for the instructions that support it:
 * https://docs.docker.com/reference/dockerfile/#environment-replacement. `undefined` if a quote or brace is not closed.
 */
export function expand(word: string, variables: Variables, escape = '\\'): Value | undefined {
  if (!/['"$\\`]/.test(word)) return literal(word);
  const cursor: Cursor = { word, at: 0, depth: 0, variables, escape };
  const value = readUntil(cursor, '');
  return cursor.at >= word.length ? value : undefined;
}

interface Cursor {
  readonly word: string;
  at: number;
  /** Of nested braces. */
  depth: number;
  readonly variables: Variables;
  readonly escape: string;
}

/** Reads up to an unquoted `stop`, or to the end if it is empty; `undefined` if `stop` is missing. */
function readUntil(cursor: Cursor, stop: string): Value | undefined {
  let result = NOTHING;
  while (cursor.at < cursor.word.length) {
    const character = cursor.word.charAt(cursor.at);
    if (character === stop) return result;
    const part = readPart(cursor, character);
    if (part === undefined) return undefined;
    result = join(result, part);
  }
  return stop === '' ? result : undefined;
}

function readPast(cursor: Cursor, stop: string): Value | undefined {
  limitDepth(++cursor.depth);
  const value = readUntil(cursor, stop);
  cursor.depth--;
  cursor.at++;
  return value;
}

function readPart(cursor: Cursor, character: string): Value | undefined {
  if (character === "'") return readSingleQuoted(cursor);
  if (character === '"') return readDoubleQuoted(cursor);
  if (character === '$') return readVariable(cursor);
  if (character === cursor.escape) cursor.at++;
  return literal(cursor.word[cursor.at++] ?? '');
}

function readSingleQuoted(cursor: Cursor): Value | undefined {
  const end = cursor.word.indexOf("'", cursor.at + 1);
  if (end === -1) return undefined;
  const text = cursor.word.slice(cursor.at + 1, end);
  cursor.at = end + 1;
  return literal(text);
}

function readDoubleQuoted(cursor: Cursor): Value | undefined {
  const { word, escape } = cursor;
  let result = NOTHING;
  for (cursor.at++; cursor.at < word.length;) {
    const character = word.charAt(cursor.at);
    if (character === '"') {
      cursor.at++;
      return result;
    }
    const next = word[cursor.at + 1] ?? '';
    const isEscape = character === escape && ['"', '$', escape].includes(next);
    const part = character === '$' ? readVariable(cursor) : literal(isEscape ? next : character);
    if (part === undefined) return undefined;
    if (character !== '$') cursor.at += isEscape ? 2 : 1;
    result = join(result, part);
  }
  return undefined;
}

const NAME = /\$(\{)?([A-Za-z_]\w*|[0-9@*#?$!-])/y;

function readVariable(cursor: Cursor): Value | undefined {
  NAME.lastIndex = cursor.at;
  const match = NAME.exec(cursor.word);
  if (!match) {
    if (cursor.word[cursor.at + 1] === '{') return undefined;
    cursor.at++;
    return literal('$');
  }
  cursor.at += match[0].length;
  const value = lookUp(cursor.variables, match[2] ?? '');
  return match[1] === undefined ? (value ?? NOTHING) : readModifier(cursor, value);
}

/** `undefined` if the variable is not set. */
function lookUp({ values, open }: Variables, name: string): Value | undefined {
  return values.get(name) ?? (open && /^[A-Za-z_]/.test(name) ? { text: '**', unknown: [name] } : undefined);
}

/** What follows a name in braces: `}`, or a modifier, its word and `}`. */
function readModifier(cursor: Cursor, value: Value | undefined): Value | undefined {
  const modifier = /^(?::?[-+?]|##?|%%?|\/\/?)/.exec(cursor.word.slice(cursor.at, cursor.at + 2))?.[0] ?? '';
  cursor.at += modifier.length;
  const pattern = modifier.startsWith('/') ? readPast(cursor, '/') : NOTHING;
  const word = readPast(cursor, '}');
  if (pattern === undefined || word === undefined) return undefined;
  if (modifier.endsWith('-')) return withDefault(value, word, modifier);
  if (modifier.endsWith('+')) return withAlternative(value, word, modifier);
  if (value === undefined) return NOTHING;
  if (modifier === '' || modifier.endsWith('?')) return value;
  if (value.unknown.length > 0 || word.unknown.length > 0) return anyOf([value, pattern, word]);
  limitPattern(value.text, word.text);
  if (!modifier.startsWith('/')) return literal(cutWildcard(value.text, modifier, word.text));
  return replace(value, modifier, pattern, word);
}

/** `${name:-word}`, and `${name-word}`, where an empty value counts. */
function withDefault(value: Value | undefined, word: Value, modifier: string): Value {
  if (value === undefined) return word;
  if (mayBeEmpty(value)) return anyOf([value, word]);
  return modifier === ':-' && value.text === '' ? word : value;
}

/** `${name:+word}` and `${name+word}`. */
function withAlternative(value: Value | undefined, word: Value, modifier: string): Value {
  if (value === undefined) return NOTHING;
  if (mayBeEmpty(value)) return anyOf([word], value.unknown);
  return modifier === ':+' && value.text === '' ? NOTHING : word;
}

/** Whether the value is entirely unknown: it may also be empty or unset. */
function mayBeEmpty({ text, unknown }: Value): boolean {
  return unknown.length > 0 && /^\*+$/.test(text);
}

/** One of several values, or a part of one. */
function anyOf(values: readonly Value[], names: readonly string[] = NONE): Value {
  const text = values.some((value) => /\/|\*\*/.test(value.text)) ? '**' : '*';
  return { text, unknown: values.reduce((all, { unknown }) => union(all, unknown), names) };
}

/** A replacement in a text with wildcards is rare enough to leave the result unknown. */
function replace(value: Value, modifier: string, pattern: Value, word: Value): Value {
  if (pattern.unknown.length > 0 || /[*?]/.test(pattern.text)) {
    return anyOf([value, pattern, word]);
  }
  const text =
    modifier === '/'
      ? value.text.replace(pattern.text, () => word.text)
      : value.text.replaceAll(pattern.text, () => word.text);
  return literal(text);
}

function literal(text: string): Value {
  return { text, unknown: NONE };
}

function join(left: Value, right: Value): Value {
  limitValue(left.text.length + right.text.length);
  return { text: left.text + right.text, unknown: union(left.unknown, right.unknown) };
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  if (one.length === 0 || one === other) return other;
  return other.length === 0 ? one : [...new Set([...one, ...other])];
}
