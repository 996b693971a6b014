import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submodulesAround, submodulesOf } from './submodules.ts';

describe('submodulesOf', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'submodules-'));
    mkdirSync(join(root, '.git'));
    mkdirSync(join(root, 'work'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('reads .gitmodules of the repository around the workspace', () => {
    const modules = '[submodule "a"]\n\tpath = vendor/lib\n\turl = x\n[submodule "b"]\n  path="work/my \\"lib\\""\n';
    writeFileSync(join(root, '.gitmodules'), modules);
    expect(submodulesOf(root)).toEqual(['vendor/lib', 'work/my "lib"']);
    expect(submodulesOf(join(root, 'work'))).toEqual(['my "lib"']);
  });

  it('finds none where there is no such file', () => {
    expect(submodulesOf(root)).toEqual([]);
  });
});

describe('submodulesAround', () => {
  it.each([
    ['vendor/lib/**/*', ['vendor/lib']],
    ['vendor/lib', ['vendor/lib']],
    ['vendor/*/src/a.c', ['vendor/lib', 'vendor/other']],
    ['vendor/library/a.c', []],
    ['tools/a.c', []],
  ])('finds those of %s', (glob, expected) => {
    expect(submodulesAround(glob, ['vendor/lib', 'vendor/other'])).toEqual(expected);
  });
});
