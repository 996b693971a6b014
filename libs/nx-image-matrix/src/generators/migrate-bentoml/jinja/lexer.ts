/** A piece of a Jinja template; text is what Jinja leaves of it with `trim_blocks` and `lstrip_blocks`. */
export interface Token {
  kind: 'text' | 'output' | 'tag' | 'comment';
  /** The text, or what is between the braces. */
  body: string;
  /** As in the template. */
  source: string;
  line: number;
  /** Whether `-` is at that side. */
  left: boolean;
  right: boolean;
  /** White space of the template that Jinja removes before and after it. */
  before: string;
  after: string;
}

const kinds: Record<string, Token['kind']> = { '{{': 'output', '{%': 'tag', '{#': 'comment' };
const closing: Record<string, string> = { '{{': '}}', '{%': '%}', '{#': '#}' };

/** The tokens of a template, as Jinja 2 and 3 read it with the settings of BentoML's tool. */
export function tokensOf(template: string): Token[] {
  const text = template.replaceAll(/\r\n?/g, '\n').replace(/\n$/, '');
  return withoutTrimmed(withRaw(scanned(text)));
}

interface Scanned extends Token {
  signs: [left: string, right: string];
}

function scanned(text: string): Scanned[] {
  const tokens: Scanned[] = [];
  let at = 0;
  let line = 1;
  const add = (kind: Token['kind'], end: number): void => {
    const source = text.slice(at, end);
    if (source !== '') tokens.push(tokenOf(kind, source, line));
    line += source.split('\n').length - 1;
    at = end;
  };
  for (let next = nextOpening(text, at); next >= 0; next = nextOpening(text, at)) {
    add('text', next);
    const open = text.slice(next, next + 2);
    add(kinds[open] ?? 'text', endOf(text, next + 2, closing[open] ?? ''));
    if (!/^\{%[-+]?\s*raw\s*[-+]?%\}$/.test(tokens.at(-1)?.source ?? '')) continue;
    const rest = /\{%[-+]?\s*endraw\s*[-+]?%\}/.exec(text.slice(at));
    add('text', rest ? at + rest.index : text.length);
    add('tag', at + (rest?.[0].length ?? 0));
  }
  add('text', text.length);
  return tokens;
}

function nextOpening(text: string, from: number): number {
  const found = text.slice(from).search(/\{[{%#]/);
  return found < 0 ? -1 : from + found;
}

/** Braces within quotes do not end an output or a tag. */
function endOf(text: string, from: number, close: string): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (text.startsWith(close, at)) return at + 2;
    else if (close !== '#}' && (character === '"' || character === "'")) quote = character;
  }
  return text.length;
}

function tokenOf(kind: Token['kind'], source: string, line: number): Scanned {
  const [, left = '', body = source, right = ''] =
    kind === 'text' ? [] : (/^\{.([-+]?)([\s\S]*?)([-+]?).\}$/.exec(source) ?? []);
  const trimmed = kind === 'output' || kind === 'tag' ? body.trim() : body;
  const signs: Scanned['signs'] = [left, right];
  return { kind, body: trimmed, source, line, left: left === '-', right: right === '-', before: '', after: '', signs };
}

/** The tags of `raw` are gone, and what is between them is text. */
function withRaw(tokens: readonly Scanned[]): Scanned[] {
  return tokens.map((found) =>
    found.kind === 'tag' && /^(?:end)?raw$/.test(found.body) ? { ...found, kind: 'text', body: '' } : found,
  );
}

function withoutTrimmed(tokens: Scanned[]): Token[] {
  tokens.forEach((found, at) => {
    const isBlock = found.source.startsWith('{%') || found.kind === 'comment';
    if (!isBlock && found.kind !== 'output') return;
    const [left, right] = found.signs;
    const previous = tokens[at - 1];
    if (previous && isText(previous)) {
      const isLineStart = previous.body.includes('\n') || startsLine(tokens[at - 2]);
      const lines = isLineStart ? /(?<=^|\n)[^\S\n]+$/ : undefined;
      const pattern = left === '-' ? /\s+$/ : isBlock && left !== '+' ? lines : undefined;
      found.before = pattern?.exec(previous.body)?.[0] ?? '';
      previous.body = previous.body.slice(0, previous.body.length - found.before.length);
    }
    const next = tokens[at + 1];
    if (next && isText(next)) {
      const pattern = right === '-' ? /^\s+/ : isBlock && right !== '+' && !isRaw(found) ? /^\n/ : undefined;
      found.after = pattern?.exec(next.body)?.[0] ?? '';
      next.body = next.body.slice(found.after.length);
    }
  });
  return tokens.filter(({ kind, body }) => kind !== 'text' || body !== '');
}

/** Jinja keeps the line end after this tag. */
function isRaw({ source }: Token): boolean {
  return /^\{%[-+]?\s*raw\b/.test(source);
}

function isText({ kind, source }: Token): boolean {
  return kind === 'text' && !source.startsWith('{%');
}

/** Whether a line starts after a token: it is the first, or Jinja has removed the line end after it. */
function startsLine(token: Token | undefined): boolean {
  return token === undefined || token.after.endsWith('\n');
}
