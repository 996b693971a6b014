/** Of a text that begins with a version: its numbers, and what follows them. */
const VERSION = /^v?(\d+(?:\.\d+)*)(.*)$/s;

/**
 * Which of a text and a number comes first, as versions: negative for the text, 0 for neither. `undefined` if only
 * something beyond the numbers (`3.13rc1`), or nothing at all (`noble`), could tell.
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
