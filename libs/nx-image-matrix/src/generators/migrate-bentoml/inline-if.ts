/** `a if condition else b`; `otherwise` is empty where there is no `else`. */
export interface InlineIf {
  value: string;
  condition: string;
  otherwise: string;
}

/** Splits an expression at its inline `if`; `undefined` if it has none. */
export function splitInlineIf(text: string): InlineIf | undefined {
  const { inner, filters } = withoutBrackets(text.trim());
  const [value, rest] = cut(inner, 'if');
  if (rest === undefined) return undefined;
  const [condition = '', otherwise = ''] = cut(rest, 'else');
  const filtered = (part: string): string => (filters === '' || part === '' ? part : `(${part})${filters}`);
  return { value: filtered(value), condition, otherwise: filtered(otherwise) };
}

/**
 * An expression without brackets around everything that its filters apply to: in Liquid, filters apply to everything
 * before them.
 */
export function unwrapped(text: string): string {
  const { inner, filters } = withoutBrackets(text.trim());
  return inner + filters;
}

/** The inside of brackets around a whole expression, and the filters after them. */
function withoutBrackets(text: string): { inner: string; filters: string } {
  const end = text.startsWith('(') ? closingBracket(text) : -1;
  const filters = text.slice(end + 1).trim();
  if (end < 0 || (filters !== '' && !filters.startsWith('|'))) return { inner: text, filters: '' };
  return { inner: text.slice(1, end).trim(), filters: filters && ` ${filters}` };
}

function cut(text: string, word: string): [string, string?] {
  for (const { at, depth } of plainText(text)) {
    if (depth > 0 || !new RegExp(`^\\s${word}\\s`).test(text.slice(at))) continue;
    return [text.slice(0, at).trim(), text.slice(at + word.length + 2).trim()];
  }
  return [text.trim()];
}

function closingBracket(text: string): number {
  for (const { at, depth } of plainText(text)) if (depth === 0 && text[at] === ')') return at;
  return -1;
}

/** Every position outside of quotes, with the number of brackets that are open after it. */
function* plainText(text: string): Generator<{ at: number; depth: number }> {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === quote) quote = '';
      continue;
    }
    if (character === '"' || character === "'") quote = character;
    else {
      if ('([{'.includes(character)) depth += 1;
      if (')]}'.includes(character)) depth -= 1;
      yield { at, depth };
    }
  }
}
