import { suggest } from './suggest.ts';

describe('suggest', () => {
  it.each([
    ['debain', ['centos', 'debian'], 'debian'],
    ['Debian', ['debian'], 'debian'],
    ['base_imge', ['base_image', 'add_to_tags'], 'base_image'],
    ['debian11', ['debian', 'debian10', 'alpine'], 'debian10'],
    ['x', ['packages', 'releases'], undefined],
    ['runtime', [], undefined],
    ['a'.repeat(100_000), ['a'.repeat(99_999)], undefined],
  ])('for %.20s of %.40j is %s', (found, candidates, expected) => {
    expect(suggest(found, candidates)).toBe(expected);
  });
});
