import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFiles } from './find-files.ts';

describe('findFiles', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'find-files-'));
    for (const path of [
      'a.yml',
      'm/a.yml',
      'm/b.yaml',
      'm/c.json',
      'm/.d.yml',
      'm/x/e.yml',
      'm/x/y/f.yml',
      'm/node_modules/g.yml',
      'n(1)/h.yml',
    ]) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), '');
    }
    symlinkSync('a.yml', join(root, 'm/link.yml'));
    symlinkSync('..', join(root, 'm/x/up'));
    symlinkSync(tmpdir(), join(root, 'out'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each([
    ['*.yml', ['a.yml']],
    ['m/*.yml', ['m/.d.yml', 'm/a.yml', 'm/link.yml']],
    ['m/*.{yml,yaml}', ['m/.d.yml', 'm/a.yml', 'm/b.yaml', 'm/link.yml']],
    ['m/?.y*', ['m/a.yml', 'm/b.yaml']],
    ['m/**/*.yml', ['m/.d.yml', 'm/a.yml', 'm/link.yml', 'm/x/e.yml', 'm/x/y/f.yml']],
    ['m/**/y/*.yml', ['m/x/y/f.yml']],
    ['m/*/*.yml', ['m/x/e.yml']],
    ['m/x/**', ['m/x/e.yml', 'm/x/up', 'm/x/y/f.yml']],
    ['m/node_modules/*.yml', ['m/node_modules/g.yml']],
    ['n(1)/*.yml', ['n(1)/h.yml']],
    ['m/a.yml', ['m/a.yml']],
    ['nowhere/*.yml', []],
    ['a.yml/*.yml', []],
    ['out/*', []],
    ['../*', []],
  ])('%s', (glob, expected) => {
    expect(findFiles(root, glob)).toEqual(expected);
  });

  it('gives up in a workspace with too many folders', () => {
    for (let index = 0; index < 2_001; index++) mkdirSync(join(root, `many/${index}`), { recursive: true });
    expect(findFiles(root, 'many/**/*.yml')).toBeUndefined();
    expect(findFiles(root, 'm/**/b.yaml')).toEqual(['m/b.yaml']);
  });
});
