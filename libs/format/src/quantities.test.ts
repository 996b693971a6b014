import { age, duration, size } from './quantities.ts';

describe('a duration', () => {
  it.each([
    [0, '0 ms'],
    [849.6, '850 ms'],
    [999.6, '1.0 s'],
    [4_240, '4.2 s'],
    [59_940, '59.9 s'],
    [59_960, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [185_000, '3 min 5 s'],
    [3_599_600, '1 h 0 min'],
    [7_380_000, '2 h 3 min'],
    [7_199_000, '2 h 0 min'],
  ])('of %d ms is %s', (milliseconds, expected) => {
    expect(duration(milliseconds)).toBe(expected);
  });
});

describe('a size', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [84_300_000, '84.3 MB'],
    [9_999_000, '10.0 MB'],
    [99_990_000, '100 MB'],
    [999_700, '1.00 MB'],
    [123_456_789_000, '123 GB'],
  ])('of %d bytes is %s', (bytes, expected) => {
    expect(size(bytes)).toBe(expected);
  });
});

it.each([
  [0, '0 h'],
  [-5, '0 h'],
  [3_599_999, '0 h'],
  [47 * 3_600_000, '47 h'],
  [48 * 3_600_000, '2 d'],
  [400 * 86_400_000, '400 d'],
])('the age %i is %s', (milliseconds, text) => {
  expect(age(milliseconds)).toBe(text);
});
