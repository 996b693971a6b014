import { isObject } from '@nx-image-matrix/engine/unknown';
import { applyEdits, modify, parse, printParseErrorCode, type JSONPath, type ParseError } from 'jsonc-parser';

/**
 * A JSON text with one value set; keeps comments, order and layout of everything else. An index beyond the end of an
 * array appends the value. An empty text counts as `{}`.
 */
export function setJson(text: string, path: JSONPath, value: unknown, insert = false): string {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const source = text.slice(mark.length).trim() === '' ? '{}\n' : text.slice(mark.length);
  const edits = modify(source, path, value, {
    isArrayInsertion: insert,
    formattingOptions: { ...indentationOf(source), eol: source.includes('\r\n') ? '\r\n' : '\n' },
  });
  return mark + applyEdits(source, edits);
}

/**
 * The value of a JSON text that may contain comments and trailing commas; `{}` for an empty one.
 * @throws Error with file and line, if it is invalid.
 */
export function readJsonc(text: string, file: string): Record<string, unknown> {
  const source = text.replace(/^\ufeff/, '');
  if (source.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(source, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first) {
    const line = source.slice(0, first.offset).split('\n').length;
    throw new Error(`${file}:${line} is not JSON with comments (${printParseErrorCode(first.error)}). Fix it first.`);
  }
  if (!isObject(value) || Array.isArray(value)) {
    throw new Error(`${file} must hold a JSON object.`);
  }
  return value;
}

function indentationOf(text: string): { insertSpaces: boolean; tabSize: number } {
  const indent = /^([ \t]+)["}[{]/m.exec(text)?.[1] ?? '  ';
  return indent.startsWith('\t') ? { insertSpaces: false, tabSize: 2 } : { insertSpaces: true, tabSize: indent.length };
}
