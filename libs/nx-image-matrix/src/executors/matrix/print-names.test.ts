import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { printNames, type NameOptions } from './print-names.ts';

const images = ['a', 'b', 'c'].map((project) => ({ project, parents: [] }) as unknown as ImageFolder);
const folders = new Map(images.map((image) => [image.project, image]));

describe('printNames', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'print-names-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function written(options: NameOptions, chosen: readonly ImageFolder[] = images): string {
    printNames({ outputFile: 'dist/images.txt', ...options }, folders, chosen, { root });
    return readFileSync(join(root, 'dist/images.txt'), 'utf8');
  }

  it.each<[what: string, NameOptions, chosen: readonly ImageFolder[], text: string]>([
    ['the chosen images, one on a line', {}, images.slice(1), 'b\nc\n'],
    ['those of them that projects name', { projects: 'a, c' }, images.slice(1), 'c\n'],
    ['nothing for no projects', { projects: '' }, images, ''],
    ['nothing for projects that are not chosen', { projects: 'a', shard: '1/2' }, images.slice(1), ''],
    ['a shard of the chosen images', { shard: '2/2' }, images.slice(1), 'c\n'],
  ])('writes %s', (_, options, chosen, text) => {
    expect(written(options, chosen)).toBe(text);
  });

  it('rejects what is not an image, chosen or not', () => {
    expect(() => written({ projects: 'a,nope' }, [])).toThrow('no image projects: nope');
  });
});
