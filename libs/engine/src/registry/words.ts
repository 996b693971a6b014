import { stripVTControlCharacters } from 'node:util';

// Control characters, and those that reorder text, which could mislead a terminal or a reader.
// oxlint-disable-next-line no-control-regex
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Text from a registry or a helper, safe to print in a terminal: without colours, cursor moves and titles. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replaceAll('\r\n', '\n')).replace(unprintable, ' ');
}

/** The same on one line, with at most that many characters. */
export function plainLine(text: string, longest = 500): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)} …` : line;
}
