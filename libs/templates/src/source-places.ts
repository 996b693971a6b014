import { TokenKind, type Token } from 'liquidjs';
import type { RenderMark } from './renderer.ts';

/** A place in a template; `file` is absolute, and lines and columns count from 1. */
export interface PlaceInSource {
  file: string;
  line: number;
  column: number;
}

/**
 * A function that returns the place of a template that a place of its output comes from: the same character where text
 * was copied, else the tag or the output that made it; `undefined` if that is unknown.
 */
export function placeInSource(
  marks: readonly RenderMark[],
  text: string,
): (place: { line: number; column: number }) => PlaceInSource | undefined {
  const starts = lineStarts(text);
  return ({ line, column }) => {
    const offset = (starts[line - 1] ?? 0) + column - 1;
    const mark = marks.findLast(({ at }) => at <= offset);
    if (!mark?.token.file) return undefined;
    const { token } = mark;
    const copied = token.kind === TokenKind.HTML;
    const at = copied ? token.begin + trimmed(token) + offset - mark.at : token.begin;
    return { file: token.file ?? '', ...positionAt(token.input, Math.min(at, token.end)) };
  };
}

/** Characters of a text that a tag before it, such as `{%- if -%}`, has taken away. */
function trimmed(token: Token): number {
  return 'trimLeft' in token && typeof token.trimLeft === 'number' ? token.trimLeft : 0;
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - start + 1 };
}
