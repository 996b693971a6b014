import type { Diagnostic } from './diagnostic.ts';
import { isVariableName, looksLikeCredential } from './credentials.ts';

const MASK = '******';

// The lookbehind keeps it linear: a name is tried only from its beginning.
const keyAndValue = /(?<![A-Za-z0-9_.-])(["']?)([A-Za-z0-9_.-]+)\1\s*[:=]\s*/g;
const nameOfVariable = /(?:^|[\s{,])(["']?)(?:only_if|user|pwd)\1\s*:(?:\s+|$)/g;
/** The user information of a URL, which may be a password or a token. */
const userOfUrl = /(?<=\/\/)[^/\s@]+@/;
const passKey = /(?:^|_)pass(?:phrase)?$/i;

/**
 * The lines of a source, with everything masked that may be a credential: places that diagnostics conceal, and values
 * whose key is named like a credential.
 */
export function concealCredentials(lines: readonly string[], diagnostics: readonly Diagnostic[]): string[] {
  const concealed = new Map<number, number>();
  for (const diagnostic of diagnostics) {
    if (diagnostic.conceal)
      concealed.set(diagnostic.line, Math.min(diagnostic.column - 1, concealed.get(diagnostic.line) ?? Infinity));
  }
  let maskedIndent = Infinity;
  return lines.map((line, index) => {
    const indent = line.search(/\S/);
    if (indent < 0) return line;
    if (indent > maskedIndent || (indent === maskedIndent && line.startsWith('- ', indent)))
      return line.slice(0, indent) + MASK;
    const start = Math.min(startOfCredential(line), startOfConcealed(line, concealed.get(index + 1)));
    maskedIndent = start === Infinity ? Infinity : indent;
    return start < line.length ? line.slice(0, start) + MASK : line;
  });
}

/** The flow or plain scalar that begins at an index, without its quotes. */
function scalarAt(line: string, index: number): string {
  const rest = line.slice(index);
  const end = rest.search(/[,}]|\s#/);
  return (end < 0 ? rest : rest.slice(0, end)).trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** Where the value after a name begins; the name itself can be shown. */
function startOfConcealed(line: string, column: number | undefined): number {
  if (column === undefined) return Infinity;
  const credential = startOfCredential(line.slice(column));
  return column + (isNamed(line.slice(column)) && credential !== Infinity ? credential : 0);
}

function isNamed(text: string): boolean {
  const [name = ''] = /^["']?[A-Za-z_][A-Za-z0-9_]*(?=["']?\s*[:=])/.exec(text) ?? [];
  return looksLikeCredential(name);
}

/**
 * Index after the first `KEY:` or `KEY=` that is named like a credential or is not a valid variable name, or of the user
 * of a URL.
 */
function startOfCredential(line: string): number {
  let start = userOfUrl.exec(line)?.index ?? Infinity;
  for (const match of line.matchAll(keyAndValue)) {
    const [whole, , name = ''] = match;
    const isCredential = (looksLikeCredential(name) || passKey.test(name)) && name !== 'secrets';
    if (isCredential) start = Math.min(start, match.index + whole.length);
  }
  for (const match of line.matchAll(nameOfVariable)) {
    const end = match.index + match[0].length;
    if (!isVariableName(scalarAt(line, end))) start = Math.min(start, end);
  }
  return start;
}
