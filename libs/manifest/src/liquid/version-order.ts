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

/** A text that is taken for a version beside another one: several numbers, or one alone. */
const VERSION_ALONE = /^v?\d+(?:\.\d|$)/;

/** As `orderOf`, for two texts; `plain` if one is no version, as `noble` or `2024-01-02`. */
export function orderOfTexts(left: string, right: string): number | 'plain' | undefined {
  if (!VERSION_ALONE.test(left) || !VERSION_ALONE.test(right)) return 'plain';
  const [, first = '', firstRest] = VERSION.exec(left) ?? [];
  const [, second = '', secondRest] = VERSION.exec(right) ?? [];
  const order = compareNumbers(first, second);
  return order === 0 && firstRest !== secondRest ? undefined : order;
}

function compareNumbers(left: string, right: string): number {
  const [first, second] = [left.split('.').map(Number), right.split('.').map(Number)];
  const places = Array.from({ length: Math.max(first.length, second.length) }, (_, place) => place);
  return places.map((place) => (first[place] ?? 0) - (second[place] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
