/** A text that begins with a version: its numbers, and the rest. */
const VERSION = /^v?(\d+(?:\.\d+)*)(.*)$/s;

/**
 * Compares a text with a number as versions: negative if the text comes first, 0 if neither does. `undefined` if only
 * what follows the numbers (`3.13rc1`), or nothing (`noble`), could tell.
 */
export function orderOf(text: string, number: string): number | undefined {
  const [, version, rest] = VERSION.exec(text) ?? [];
  if (version === undefined || !/^[\d.]+$/.test(number) || rest !== '') {
    const value = Number(text);
    if (!Number.isNaN(value)) return value - Number(number);
  }
  if (version === undefined) return undefined;
  const order = compareNumbers(version, number);
  return order === 0 && rest !== '' ? undefined : order;
}

function compareNumbers(left: string, right: string): number {
  const [first, second] = [left.split('.').map(Number), right.split('.').map(Number)];
  const places = Array.from({ length: Math.max(first.length, second.length) }, (_, place) => place);
  return places.map((place) => (first[place] ?? 0) - (second[place] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
