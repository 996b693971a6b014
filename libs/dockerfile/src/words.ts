/** Takes `--name=value` words off the start of the operands of an instruction, with quotes and backslashes resolved. */
export function takeFlags(text: string): [flags: [name: string, value: string][], rest: string] {
  const flags: [string, string][] = [];
  let rest = text;
  while (rest.startsWith('--')) {
    const word = /^(?:\\[^]|'(?:\\[^]|[^'\\])*'?|"(?:\\[^]|[^"\\])*"?|[^\s'"\\]|\\$)+/.exec(rest)?.[0] ?? rest;
    rest = rest.slice(word.length).trimStart();
    if (word === '--') break;
    const plain = word.replace(/\\([^])|['"]/g, '$1').slice(2);
    const equals = plain.indexOf('=');
    flags.push(equals === -1 ? [plain, ''] : [plain.slice(0, equals), plain.slice(equals + 1)]);
  }
  return [flags, rest];
}

/**
 * The words of an instruction that takes a JSON list or words between spaces (COPY, ADD). Quotes do not join words
 * here: a path with spaces needs the JSON form.
 */
export function splitOperands(text: string): string[] {
  return jsonList(text) ?? text.split(/\s+/).filter((word) => word !== '');
}

export function isJsonList(text: string): boolean {
  return jsonList(text) !== undefined;
}

function jsonList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((word) => typeof word === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Words between spaces; quotes and escapes join words, and are kept. `undefined` if a quote is not closed. */
export function splitQuoted(text: string, escape = '\\'): string[] | undefined {
  if (/^\S/.test(text) && !/['"$\\`]/.test(text)) return text.trimEnd().split(/\s+/);
  const words: string[] = [];
  const lastBrace = text.lastIndexOf('}');
  for (let at = 0; at < text.length;) {
    const end = wordEnd(text, at, escape, lastBrace);
    if (end === undefined || end === at) return undefined;
    words.push(text.slice(at, end));
    at = end;
    while (at < text.length && /\s/.test(text.charAt(at))) at++;
  }
  return words;
}

/** The end of the word that begins at `start`, in linear time. `undefined` if a quote is not closed. */
function wordEnd(text: string, start: number, escape: string, lastBrace: number): number | undefined {
  let at = start;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    const character = text.charAt(at);
    if (character === escape) at += 2;
    else if (character === "'" || character === '"') {
      const close = closingQuote(text, at, escape);
      if (close === -1) return undefined;
      at = close + 1;
    } else if (character === '$' && text[at + 1] === '{' && at < lastBrace) at = text.indexOf('}', at) + 1;
    else at++;
  }
  return Math.min(at, text.length);
}

function closingQuote(text: string, open: number, escape: string): number {
  if (text[open] === "'") return text.indexOf("'", open + 1);
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === escape ? 2 : 1;
  return at < text.length ? at : -1;
}

export function unquote(word: string): string {
  return word.replace(
    /\\([^])|'([^']*)'|"((?:\\[^]|[^"\\])*)"/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? double?.replace(/\\(["\\$])/g, '$1') ?? '',
  );
}
