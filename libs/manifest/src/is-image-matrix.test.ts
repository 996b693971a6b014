import { isImageMatrix } from './index.ts';

describe('isImageMatrix', () => {
  it.each([
    ['both keys', 'packages: {}\nreleases: {}\n'],
    ['both keys, quoted', '"packages":\n  a:\n\'releases\':\n'],
    ['both keys behind a mark and a document start', '\ufeff# comment\n%YAML 1.2\n---\npackages:\nreleases:\n'],
    ['both keys with Windows line ends', 'packages:\r\n  a:\r\nreleases:\r\n'],
    ['a flow map', '{packages: {}, releases: {}}'],
    ['an indented map', '  packages: {}\n  releases: {}\n'],
    ['keys that are merged', 'x: &x {packages: {}}\n<<: *x\nreleases: {}\n'],
    ['broken YAML below both keys', 'packages:\n\t- a\nreleases: [\n'],
  ])('is true for %s', (_, text) => {
    expect(isImageMatrix(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['one of the keys', 'packages: {}\n'],
    ['the keys further down', 'a:\n  packages: {}\n  releases: {}\n'],
    ['the keys in comments', '# packages:\n# releases:\na: 1\n'],
    ['the keys in a text', 'a: |\n  packages:\n  releases:\n'],
    ['the keys as a list', '- packages\n- releases\n'],
    ['longer keys', 'packages-x: 1\nreleases_y: 2\n'],
    ['the keys in two documents', 'packages: {}\n---\nreleases: {}\n'],
    ['the keys without values', 'packages releases\n'],
    ['broken YAML without the keys at its lines', '\tpackages: [\n releases: {'],
    ['a Kubernetes manifest', 'apiVersion: v1\nkind: ConfigMap\ndata: {packages: a, releases: b}\n'],
  ])('is false for %s', (_, text) => {
    expect(isImageMatrix(text)).toBe(false);
  });
});
