import { imagesOf, minimal } from '../../test/minimal.ts';
import { findDuplicateReferences } from '../index.ts';

/** A manifest of packages with these repositories, and the tags of its runtime images. */
function manifestOf(repositories: Record<string, string>, tags = '["1"]', floating = '[]') {
  const packages = Object.keys(repositories).map((name) => `  ${name}:\n    runtime: [debian]`);
  const entries = Object.entries(repositories).map(([name, repository]) => `{registry: {${name}: "${repository}"}}`);
  const repository = entries.map((entry, index) => `  r${index}: ${entry}`).join('\n');
  const types = `release_types: {runtime: {tags: ${tags}, floating_tags: ${floating}}}`;
  return imagesOf(
    `${minimal.replace(/packages:\n[^]*?\n(?=\w)/, `packages:\n${packages.join('\n')}\n`)}repository:\n${repository}\n${types}\n`,
  );
}

const inOne = (repositories: Record<string, string>, tags?: string, floating?: string) =>
  findDuplicateReferences([{ file: 'manifest.yml', images: manifestOf(repositories, tags, floating) }]);

describe('findDuplicateReferences', () => {
  it('names both images that two packages push under one reference', () => {
    expect(inOne({ app: '127.0.0.1:5000/acme/python', lib: '127.0.0.1:5000/acme/python' })).toEqual([
      {
        file: 'manifest.yml',
        line: expect.any(Number),
        column: expect.any(Number),
        code: 'duplicate-tag',
        severity: 'error',
        message: '`127.0.0.1:5000/acme/python:1` is pushed for both `app-debian12-runtime` and `lib-debian12-runtime`',
        hint: expect.stringContaining('{{ package }}'),
      },
    ]);
  });

  it.each([
    ['docker.io/acme/x', 'index.docker.io/acme/x'],
    ['docker.io/acme/x', 'acme/x'],
    ['docker.io/acme/x', 'registry-1.docker.io/acme/x'],
    ['docker.io/library/x', 'x'],
    ['docker.io:443/acme/x', 'acme/x'],
    ['ghcr.io/acme/x', 'ghcr.io:443/acme/x'],
    ['localhost:5000/x', '127.0.0.1:5000/x'],
    ['localhost:5000/x', '[::1]:5000/x'],
    ['localhost/x', '127.0.0.1:80/x'],
  ])('treats %s and %s as one repository', (one, two) => {
    expect(inOne({ app: one, lib: two })).toMatchObject([{ code: 'duplicate-tag' }]);
  });

  it.each([
    ['docker.io/acme/x', 'ghcr.io/acme/x'],
    ['docker.io/acme/x', 'docker.io/acme/y'],
    ['ghcr.io/acme/x', 'ghcr.io:5000/acme/x'],
    ['localhost:5000/x', 'localhost:5001/x'],
    ['ghcr.io/library/x', 'ghcr.io/x'],
  ])('treats %s and %s as two repositories', (one, two) => {
    expect(inOne({ app: one, lib: two })).toEqual([]);
  });

  it.each([
    ['a floating tag of both', '["1-{{ package }}"]', '[latest]'],
    ['a tag that the commit makes', '["1-{{ package }}", "x-{{ run.sha }}"]', '[]'],
    ['a tag that the date makes, spelled in two ways', '["1-{{ package }}", "x-{{run.date}}"]', '[]'],
  ])('finds %s', (_, tags, floating) => {
    expect(inOne({ app: 'ghcr.io/x', lib: 'ghcr.io/x' }, tags, floating)).toMatchObject([{ code: 'duplicate-tag' }]);
  });

  it('finds a floating tag of one image that is a tag of another', () => {
    const one = manifestOf({ app: 'ghcr.io/x' }, '[latest]').find(({ push }) => push);
    const two = manifestOf({ lib: 'ghcr.io/x' }, '[other]', '[latest]').find(({ push }) => push);
    const found = findDuplicateReferences([{ file: 'manifest.yml', images: [one!, two!] }]);
    expect(found).toMatchObject([{ message: expect.stringContaining('`ghcr.io/x:latest` is pushed for both') }]);
  });

  it('warns if two images of a package share a floating tag, and fails if it is a fixed tag of one', () => {
    const image = manifestOf({ app: 'ghcr.io/x' }, '["1"]', '[latest]').find(({ push }) => push);
    const found = (other: Partial<NonNullable<typeof image>>) =>
      findDuplicateReferences([{ file: 'manifest.yml', images: [image!, { ...image!, name: 'other', ...other }] }]);
    expect(found({ tags: ['2'] })).toMatchObject([{ code: 'duplicate-tag', severity: 'warning' }]);
    expect(found({ tags: ['latest'], floatingTags: [] })).toMatchObject([{ severity: 'error' }]);
    expect(found({ tags: ['2'], package: 'lib' })).toMatchObject([{ severity: 'error' }]);
  });

  it('finds two manifests, and names the other one', () => {
    const images = manifestOf({ app: 'ghcr.io/x' });
    const found = findDuplicateReferences([
      { file: 'a/manifest.yml', images },
      { file: 'manifest.yml', images: manifestOf({ other: 'ghcr.io/x' }) },
    ]);
    expect(found).toMatchObject([{ message: expect.stringContaining('`app-debian12-runtime` of a/manifest.yml and') }]);
  });

  it('finds nothing with different tags, for images that are not pushed, and for one image with two entries', () => {
    expect(inOne({ app: 'ghcr.io/x', lib: 'ghcr.io/x' }, '["{{ package }}-1"]')).toEqual([]);
    const images = manifestOf({ app: 'ghcr.io/x', lib: 'ghcr.io/x' }).map((image) => ({ ...image, push: false }));
    expect(findDuplicateReferences([{ file: 'manifest.yml', images }])).toEqual([]);
    const twice = manifestOf({ app: 'ghcr.io/x' }, '[latest]', '[latest]').map((image) => ({
      ...image,
      repositories: ['ghcr.io/x', 'ghcr.io:443/x'],
    }));
    expect(findDuplicateReferences([{ file: 'manifest.yml', images: twice }])).toEqual([]);
  });

  it('reports once what many images of two places share', () => {
    const tags = `[${Array.from({ length: 50 }, (_, index) => `"${index}"`).join()}]`;
    expect(inOne({ app: 'ghcr.io/x', lib: 'ghcr.io/x' }, tags)).toHaveLength(1);
  });
});
