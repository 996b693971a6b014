/** Lines that replace others. Positions count from 0. */
export interface Hunk {
  before: { start: number; lines: string[] };
  after: { start: number; lines: string[] };
}

/** Comparisons of lines; beyond that, everything between the first and the last difference is one hunk. */
const MOST_COMPARISONS = 4_000_000;

/**
 * What changed between two texts, line by line, as few lines as possible. Where as many lines were added as removed,
 * each pair is a hunk.
 */
export function diffLines(before: string, after: string): Hunk[] {
  if (before === after) return [];
  return hunksOf(before.split('\n'), after.split('\n')).flatMap(splitPairs);
}

/** The text that results from some hunks of `diffLines`. */
export function applyHunks(before: string, hunks: readonly Hunk[]): string {
  const lines = before.split('\n');
  for (const { before: old, after } of hunks.toReversed()) lines.splice(old.start, old.lines.length, ...after.lines);
  return lines.join('\n');
}

/** The hunks that lead back. */
export function reversed(hunks: readonly Hunk[]): Hunk[] {
  return hunks.map(({ before, after }) => ({ before: after, after: before }));
}

/** Everything from the first to the last difference of two texts; `undefined` if there is none. */
export function changedPart(before: string, after: string): Hunk | undefined {
  return before === after ? undefined : partOf(before.split('\n'), after.split('\n'));
}

function partOf(before: readonly string[], after: readonly string[]): Hunk {
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first]) first += 1;
  let same = 0;
  while (
    same < before.length - first &&
    same < after.length - first &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  )
    same += 1;
  return {
    before: { start: first, lines: before.slice(first, before.length - same) },
    after: { start: first, lines: after.slice(first, after.length - same) },
  };
}

function hunksOf(before: readonly string[], after: readonly string[]): Hunk[] {
  const whole = partOf(before, after);
  const first = whole.before.start;
  const [old, now] = [whole.before.lines, whole.after.lines];
  if (old.length === 0 || now.length === 0 || old.length * now.length > MOST_COMPARISONS) return [whole];
  return between(old, now, first);
}

/** The longest common subsequence, by the lengths of those of all ends. */
function between(old: readonly string[], now: readonly string[], first: number): Hunk[] {
  const width = now.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const at = i * width + j;
      longest[at] =
        old[i] === now[j]
          ? 1 + (longest[at + width + 1] ?? 0)
          : Math.max(longest[at + width] ?? 0, longest[at + 1] ?? 0);
    }
  }
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [fromOld, fromNow] = [i, j];
    while ((i < old.length || j < now.length) && !(i < old.length && j < now.length && old[i] === now[j])) {
      const removes = i < old.length && (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0);
      if (removes || j >= now.length) i += 1;
      else j += 1;
    }
    if (i > fromOld || j > fromNow) {
      hunks.push({
        before: { start: first + fromOld, lines: old.slice(fromOld, i) },
        after: { start: first + fromNow, lines: now.slice(fromNow, j) },
      });
    }
    while (i < old.length && j < now.length && old[i] === now[j]) {
      i += 1;
      j += 1;
    }
  }
  return hunks;
}

function splitPairs(hunk: Hunk): Hunk[] {
  const { before, after } = hunk;
  if (before.lines.length !== after.lines.length) return [hunk];
  return before.lines.map((line, index) => ({
    before: { start: before.start + index, lines: [line] },
    after: { start: after.start + index, lines: [after.lines[index] ?? ''] },
  }));
}
