/** Takes `--name=value` words off the start of an instruction's operands, quotes and backslashes resolved. */
export function takeFlags(text: string): [flags: [name: string, value: string][], rest: string] {
  const flags: [string, string][] = [];
  let rest = text;
  while (rest.startsWith('--')) {
    const word = /^(?:\\[^]|'(?:\\[^]|[^'\\])*'?|"(?:\\[^]|[^"\\])*"?|[^\s'"\\]|\\$)+/.exec(rest)![0];
    rest = rest.slice(word.length).trimStart();
    if (word === '--') break;
    const plain = word.replace(/\\([^])|['"]/g, '$1').slice(2);
    const equals = plain.indexOf('=');
    flags.push(equals === -1 ? [plain, ''] : [plain.slice(0, equals), plain.slice(equals + 1)]);
  }
  return [flags, rest];
}

/**
 * The words of an instruction that takes either a JSON list or words between spaces (COPY, ADD). Quotes do not join
 * words here: a path with spaces needs the JSON form.
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

const QUOTED_WORD = {
  '\\': /(?:\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"|\$\{[^}]*\}|[^\s'"\\]|\\$)+/y,
  '`': /(?:`[^]|'[^']*'|"(?:`[^]|[^"`])*"|\$\{[^}]*\}|[^\s'"`]|`$)+/y,
};

/** Words between spaces, where quotes and escapes join what they hold; they are kept. `undefined`: an open quote. */
export function splitQuoted(text: string, escape = '\\'): string[] | undefined {
  const words: string[] = [];
  const pattern = QUOTED_WORD[escape === '`' ? '`' : '\\'];
  for (let at = 0; at < text.length;) {
    pattern.lastIndex = at;
    const word = pattern.exec(text)?.[0];
    if (word === undefined) return undefined;
    words.push(word);
    at += word.length;
    const gap = text.slice(at).search(/\S|$/);
    if (gap === 0 && at < text.length) return undefined;
    at += gap;
  }
  return words;
}

export function unquote(word: string): string {
  return word.replace(
    /\\([^])|'([^']*)'|"((?:\\[^]|[^"\\])*)"/g,
    (_, escaped?: string, single?: string, double?: string) =>
      escaped ?? single ?? double!.replace(/\\(["\\$])/g, '$1'),
  );
}
