const MAX_LENGTH = 64;

/** The candidate that `found` was probably meant to be, or `undefined` if none is similar. */
export function suggest(found: string, candidates: Iterable<string>): string | undefined {
  if (found.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(found.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - found.length) >= bestDistance) continue;
    const distance = editDistance(found.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Whether two texts differ by one letter, or by two swapped neighbours. */
export function isOneSlip(one: string, other: string): boolean {
  return Math.abs(one.length - other.length) <= 1 && one.length <= MAX_LENGTH && editDistance(one, other) === 1;
}

/** Number of insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let left = i;
    let diagonal = i - 1;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const above = previous[j] ?? Infinity;
      let distance = Math.min(above + 1, left + 1, diagonal + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, (beforePrevious[j - 2] ?? Infinity) + 1);
      }
      current.push(distance);
      [left, diagonal] = [distance, above];
    }
    [beforePrevious, previous] = [previous, current];
  }
  return previous.at(-1) ?? a.length;
}
