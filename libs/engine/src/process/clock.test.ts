import { timeLimit, wholeMilliseconds } from './clock.ts';

describe('wholeMilliseconds', () => {
  it.each([
    [18_998.9, 18_998],
    [0.4, 1],
    [-3, 1],
    [NaN, 1],
    [1e12, 2 ** 31 - 1],
    [Infinity, 2 ** 31 - 1],
  ])('converts %d to a valid timer value: %d', (milliseconds, whole) => {
    expect(wholeMilliseconds(milliseconds)).toBe(whole);
    expect(timeLimit(milliseconds).aborted).toBe(false);
  });
});
