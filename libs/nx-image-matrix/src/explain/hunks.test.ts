import { applyHunks, diffLines, reversed } from './hunks.ts';

const lines = (...all: string[]): string => all.join('\n');

it.each([
  ['nothing', lines('a', 'b'), lines('a', 'b'), []],
  ['a line', lines('a', 'b', 'c'), lines('a', 'x', 'c'), [[1, ['b'], 1, ['x']]]],
  [
    'two lines beside each other',
    lines('a', 'b'),
    lines('x', 'y'),
    [
      [0, ['a'], 0, ['x']],
      [1, ['b'], 1, ['y']],
    ],
  ],
  ['a new line', lines('a', 'c'), lines('a', 'b', 'c'), [[1, [], 1, ['b']]]],
  ['a line less', lines('a', 'b', 'c'), lines('a', 'c'), [[1, ['b'], 1, []]]],
  [
    'two places',
    lines('a', 'b', 'c', 'd'),
    lines('A', 'b', 'c', 'D', 'e'),
    [
      [0, ['a'], 0, ['A']],
      [3, ['d'], 3, ['D', 'e']],
    ],
  ],
  ['everything', '', 'a', [[0, [''], 0, ['a']]]],
])('finds %s', (_, before, after, expected) => {
  const hunks = diffLines(before, after);
  expect(hunks.map((hunk) => [hunk.before.start, hunk.before.lines, hunk.after.start, hunk.after.lines])).toEqual(
    expected,
  );
});

it('leads from any text to any other, and back', () => {
  let seed = 7;
  const next = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
  for (let round = 0; round < 300; round++) {
    const text = (): string => Array.from({ length: next(12) }, () => 'abcd'[next(4)]).join('\n');
    const [before, after] = [text(), text()];
    const hunks = diffLines(before, after);
    expect(applyHunks(before, hunks)).toBe(after);
    expect(applyHunks(after, reversed(hunks))).toBe(before);
  }
});
