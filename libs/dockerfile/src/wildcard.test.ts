import { cutWildcard, matchesWildcard } from './wildcard.ts';

describe('a pattern with wildcards', () => {
  it.each([
    ['', '', true],
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['a?c', 'abc', true],
    ['a?', 'a', false],
    ['**b', 'ab', true],
    ['on-*', 'on-amd64', true],
  ])('%p describes %p: %p', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  it('is compared in reasonable time, however many stars it has', () => {
    expect(matchesWildcard(`${'*a'.repeat(200)}b`, 'a'.repeat(2000))).toBe(false);
  });
});

describe('cutting a text', () => {
  it.each([
    ['#', '*.', '2.3'],
    ['##', '*.', '3'],
    ['%', '.*', '1.2'],
    ['%%', '.*', '1'],
    ['#', 'x', '1.2.3'],
    ['%', '1.2.3', ''],
  ])('with %s and %s leaves %p of 1.2.3', (modifier, pattern, expected) => {
    expect(cutWildcard('1.2.3', modifier, pattern)).toBe(expected);
  });
});
