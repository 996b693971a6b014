import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { readMatrices } from '../../src/matrix/read-matrices.ts';
import { repository } from '../support/installation.ts';

const examples = join(repository, 'docs/examples');

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'examples-'));
  cpSync(examples, root, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function imagesOf(example: string) {
  const { matrices, diagnostics } = readMatrices(root, [`${example}/manifest.yml`], resolveOptions({}), {});
  expect(diagnostics).toEqual([]);
  return matrices.flatMap(({ images }) => images);
}

it.each(readdirSync(examples))('%s is a matrix without errors and warnings', (example) => {
  expect(imagesOf(example).length).toBeGreaterThan(0);
});

describe('python', () => {
  it('has twelve images on three variants in fewer than 60 lines', () => {
    expect(readFileSync(join(root, 'python/manifest.yml'), 'utf8').trim().split('\n').length).toBeLessThan(60);
    const images = imagesOf('python').map(({ image }) => image);
    expect(images).toHaveLength(12);
    expect(new Set(images.map(({ distro }) => distro.id)).size).toBe(3);
  });

  it('has the tags of its page, and each tag once', () => {
    const page = readFileSync(join(root, 'python/README.md'), 'utf8');
    const [, line = ''] = /^Tags of the newest version on Debian: (.*)\.$/m.exec(page) ?? [];
    const shown = [...line.matchAll(/`([^`]+)`/g)].map(([, tag]) => tag);
    const images = imagesOf('python').map(({ image }) => image);
    const newest = images.find(({ name }) => name === 'python-debianbookworm-image-3.12');
    expect(newest?.tags).toEqual(shown);
    expect(shown).toEqual(expect.arrayContaining(['3', '3.12', '3.12.13', 'latest']));
    expect(images.find(({ name }) => name === 'python-alpine3.22-image-3.10')?.tags).toEqual([
      '3.10.19-alpine3.22',
      '3.10-alpine3.22',
      '3.10.19-alpine',
      '3.10-alpine',
    ]);
    const tags = images.flatMap((image) => image.tags);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('changes the images of one version with a version of its data file', () => {
    const digests = (): Map<string, string> =>
      new Map(imagesOf('python').map(({ image, digest }) => [image.name, digest]));
    const before = digests();
    const path = join(root, 'python/versions.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('3.11.14', '3.11.15'));
    const changed = [...digests()].filter(([name, digest]) => before.get(name) !== digest).map(([name]) => name);
    expect(changed).toEqual(
      ['debianbookworm', 'slimbookworm', 'alpine3.22'].map((distro) => `python-${distro}-image-3.11`),
    );
  });
});
