import { filterByTags } from './filter-by-tags.ts';

const images = [
  { name: 'a', nxTags: ['package:app', 'distro:debian', 'distro:debian12', 'release:base', 'python:3.12'] },
  { name: 'b', nxTags: ['package:app', 'distro:debian', 'distro:debian13', 'release:runtime', 'python:3.13'] },
  { name: 'c', nxTags: ['package:app', 'distro:alpine', 'distro:alpine3.22', 'release:runtime', 'python:3.12'] },
];

describe('filterByTags', () => {
  it.each<[what: string, wanted: string[], kept: string]>([
    ['nothing asked for', [], 'abc'],
    ['one tag', ['distro:debian'], 'ab'],
    ['any of several values of a key', ['distro:debian12', 'distro:alpine'], 'ac'],
    ['the same, after commas', ['distro:debian12, distro:alpine'], 'ac'],
    ['every key', ['distro:debian', 'release:runtime'], 'b'],
    ['a wildcard', ['distro:debian1*'], 'ab'],
    ['a wildcard for the key', ['*:3.12'], 'ac'],
    ['a dot that is no wildcard', ['distro:alpine3.22'], 'c'],
    ['an excluded tag', ['!release:base'], 'bc'],
    ['an excluded tag beside a wanted one', ['distro:debian', '!release:base'], 'b'],
    ['keys that no image has together', ['distro:alpine', 'release:base'], ''],
  ])('selects items with %s', (_, wanted, kept) => {
    expect(
      filterByTags(images, wanted)
        .kept?.map(({ name }) => name)
        .join(''),
    ).toBe(kept);
  });

  it('lists the values of a key if a pattern matches none of them', () => {
    expect(filterByTags(images, ['distro:debain*']).problem).toBe(
      'No image has the tag "distro:debain*". There are distro:alpine, distro:alpine3.22, distro:debian, distro:debian12, distro:debian13.',
    );
  });

  it('suggests a similar tag', () => {
    expect(filterByTags(images, ['distro:debain']).problem).toMatch(/^No image has .* Did you mean "distro:debian"\?$/);
    expect(filterByTags(images, ['relase:runtime']).problem).toMatch(/ Did you mean "release:runtime"\?$/);
  });

  it('lists the keys if a key is unknown', () => {
    expect(filterByTags(images, ['os:debian']).problem).toBe(
      'No image has the tag "os:debian". Tags begin with distro:, package:, python:, release:.',
    );
  });
});
