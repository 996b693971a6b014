import { limitDepth, limitPattern, limitValue } from './limits.ts';
import { cutWildcard } from './wildcard.ts';

/** A text in which each unknown variable stands as `*`, or as `**` where its value has slashes. */
export interface Value {
  text: string;
  /** Whether it holds such a variable. */
  unresolved: boolean;
}

/** What is known of variables. One that is not here may still have been set by the image that a stage starts from. */
export type Variables = ReadonlyMap<string, Value>;

const UNKNOWN: Value = { text: '*', unresolved: true };
const NOTHING: Value = { text: '', unresolved: false };

/**
 * Resolves the quotes, backslashes and variables of one word, as Docker does for the instructions that support it:
 * https://docs.docker.com/reference/dockerfile/#environment-replacement. `undefined`: a quote or brace is left open.
 */
export function expand(word: string, variables: Variables, escape = '\\'): Value | undefined {
  if (!/['"$\\`]/.test(word)) return { text: word, unresolved: false };
  const cursor: Cursor = { word, at: 0, depth: 0, variables, escape };
  const value = readUntil(cursor, '');
  return cursor.at >= word.length ? value : undefined;
}

interface Cursor {
  readonly word: string;
  at: number;
  /** Of braces in braces. */
  depth: number;
  readonly variables: Variables;
  readonly escape: string;
}

/** Reads up to an unquoted `stop`, or to the end when that is empty; `undefined` when `stop` never comes. */
function readUntil(cursor: Cursor, stop: string): Value | undefined {
  let result = NOTHING;
  while (cursor.at < cursor.word.length) {
    const character = cursor.word[cursor.at]!;
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
    const character = word[cursor.at]!;
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
  const value = cursor.variables.get(match[2]!);
  return match[1] === undefined ? (value ?? UNKNOWN) : readModifier(cursor, value);
}

/** What follows a name in braces: `}`, or a modifier, its word and `}`. */
function readModifier(cursor: Cursor, value: Value | undefined): Value | undefined {
  const modifier = /^(?::?[-+?]|##?|%%?|\/\/?)?/.exec(cursor.word.slice(cursor.at, cursor.at + 2))![0];
  cursor.at += modifier.length;
  const pattern = modifier.startsWith('/') ? readPast(cursor, '/') : NOTHING;
  const word = readPast(cursor, '}');
  if (pattern === undefined || word === undefined) return undefined;
  const isSet = value !== undefined && (!modifier.startsWith(':') || value.text !== '');
  if (modifier.endsWith('-')) return isSet ? value : word;
  if (modifier.endsWith('+')) return isSet ? word : NOTHING;
  if (modifier === '' || modifier.endsWith('?')) return value ?? UNKNOWN;
  if (value === undefined || value.unresolved) return UNKNOWN;
  limitPattern(value.text, word.text);
  return modifier.startsWith('/')
    ? replace(value, modifier, pattern, word)
    : literal(cutWildcard(value.text, modifier, word.text));
}

/** Wildcards in what is replaced are rare enough to leave the result open. */
function replace(value: Value, modifier: string, pattern: Value, word: Value): Value {
  if (/[*?]/.test(pattern.text)) return UNKNOWN;
  const text =
    modifier === '/'
      ? value.text.replace(pattern.text, () => word.text)
      : value.text.replaceAll(pattern.text, () => word.text);
  return { text, unresolved: word.unresolved };
}

function literal(text: string): Value {
  return { text, unresolved: false };
}

function join(left: Value, right: Value): Value {
  limitValue(left.text.length + right.text.length);
  return { text: left.text + right.text, unresolved: left.unresolved || right.unresolved };
}
