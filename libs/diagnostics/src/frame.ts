import type { Position } from './diagnostic.ts';

const BEFORE = 2;
const AFTER = 1;
const MAX_WIDTH = 160;

/** The numbered lines around a position, with a caret below it; empty if the position is beyond the source. */
export function codeFrame(lines: readonly string[], { line, column }: Pick<Position, 'column' | 'line'>): string[] {
  if (line > lines.length) return [];
  const first = Math.max(1, line - BEFORE);
  const last = Math.min(lines.length, line + AFTER);
  const width = String(last).length;
  const offset = Math.max(0, column - MAX_WIDTH / 2);
  const frame: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = printable(lines[number - 1] ?? '')
      .slice(offset, offset + MAX_WIDTH)
      .trimEnd();
    const marker = number === line ? '>' : ' ';
    frame.push(`${marker} ${String(number).padStart(width)} | ${text}`.trimEnd());
    if (number === line) frame.push(`  ${' '.repeat(width)} | ${' '.repeat(Math.max(0, column - 1 - offset))}^`);
  }
  return frame;
}

// Control characters, and those that reorder text, which a terminal would interpret.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text that is safe to print: tabs become spaces, other control characters become a replacement character. */
export function printable(text: string): string {
  return text.replace(unprintable, (character) => (character === '\t' ? ' ' : '\ufffd'));
}
