import { matchesWildcard } from '@nx-image-matrix/dockerfile';
import { readPattern } from './pattern.ts';

describe('a pattern', () => {
  it.each<[text: string, matching: string[], others: string[]]>([
    ['a/b', ['a/b'], ['a/b/c', 'a', 'xa/b']],
    ['a/**', ['a/b', 'a/b/c'], ['a', 'ab']],
    ['a**', ['a', 'ab/c'], ['b']],
    ['**/a', ['a', 'b/a'], ['ba', 'a/b']],
    ['**a', ['a', 'ba', 'b/ba'], ['ab']],
    ['**/a*', ['ab', 'b/a'], ['b/c/d']],
    ['a/**/b', ['a/b', 'a/x/y/b'], ['a/xb']],
    ['**', ['a', 'a/b'], []],
    ['***', ['a', 'a/b'], []],
    ['*.t?t', ['a.txt', '.tot'], ['a.tt', 'a/b.txt', 'atxt']],
    ['[a-c]x', ['ax', 'cx'], ['dx', '-x']],
    ['[^a-c]x', ['dx', '/x'], ['ax']],
    ['[!a]x', ['!x', 'ax'], ['bx']],
    ['[\\-a]x', ['-x', 'ax'], ['bx']],
    ['[[:alpha:]]', ['a', 'Z'], ['1']],
    ['\\d', ['1'], ['d']],
    ['a]*', ['a]b'], ['ab']],
    ['(a)+.$*', ['(a)+.$x'], ['a']],
    ['a{2}', ['a{2}'], ['aa']],
    ['a{2}*', ['aax'], ['a{2}', 'a']],
    ['a{1,2}[b]', ['ab', 'aab'], ['aaab', 'b']],
    ['a{0}?', ['b'], ['ab']],
    ['a{,2}*', ['a{,2}'], ['a']],
    ['a|b*', ['a', 'axx', 'xb', 'bx'], ['x', 'c/']],
    ['a^*', [], ['a^b', 'ab']],
    ['\u00E9?', ['\u00E9\u{1F600}'], ['\u00E9']],
  ])('%j matches %j, and not %j, as in Go', (text, matching, others) => {
    const pattern = readPattern(text);
    expect(matching.filter((path) => !pattern?.matches(path))).toEqual([]);
    expect(others.filter((path) => pattern?.matches(path))).toEqual([]);
  });

  it.each([
    '[',
    '[]a]',
    '[a-]',
    '[-a]',
    '[a',
    'a\\',
    '[z-a]',
    '[^]',
    'a[b-\\',
    '*{2}',
    'a{2}{3}*',
    'a{2,1}*',
    'a{1001}*',
  ])('%j is refused, as by Docker', (text) => {
    expect(readPattern(text)).toBeUndefined();
  });

  const long = 'a'.repeat(5_000);
  it.each<[text: string, path: string]>([
    [`${'*a'.repeat(100)}b`, long],
    [`${'**/'.repeat(100)}b*`, 'a/'.repeat(2_000)],
    [`${'a**'.repeat(100)}[b]`, long],
    [`${'?*'.repeat(100)}[b]`, long],
    [`${'[a-z]*'.repeat(100)}!`, long],
    [`${'[*]'.repeat(50)}!?`, long],
  ])('%.20j is compared in linear time', (text, path) => {
    expect(readPattern(text)?.matches(path)).toBe(false);
  });

  it('of a filter is compared in reasonable time', () => {
    expect(matchesWildcard(`${'*a'.repeat(200)}b`, long)).toBe(false);
  });
});
