import { neverEntering } from './own-records.ts';
import { readPattern } from './pattern.ts';

const RECORDS = ['dist/docker/app/debian12/runtime/build.json', 'dist/a/b/docker/app/debian12/runtime/build.lock'];
const NX = ['.nx/cache/x', 'node_modules/.cache/nx/x'];
const OTHERS = ['dist/docker/app/build.json', 'dist/build.json', 'dist/a/docker/build.json', 'a/.nx'];

const NX_DATA = ['.nx', 'node_modules/.cache/nx'];

function keptOut(path: string, contextDir = '', outputDir = 'docker', manifests: string[] = []): string[] {
  const rules = neverEntering(contextDir, outputDir, [path], NX_DATA, (file) => manifests.includes(file));
  const patterns = rules.map((rule) => readPattern(rule));
  return [...RECORDS, ...NX, ...OTHERS].filter((file) => patterns.some((pattern) => pattern?.matches(file)));
}

describe('files that never enter a context', () => {
  it.each<[path: string, kept: string[]]>([
    ['', [...RECORDS, ...NX]],
    ['*', [...RECORDS, ...NX]],
    ['dist', RECORDS],
    ['dist/docker', RECORDS],
    ['d*', RECORDS],
    ['.nx/cache', ['.nx/cache/x']],
    ['.*', ['.nx/cache/x']],
    ['node_modules', ['node_modules/.cache/nx/x']],
    ['node_modules/express', []],
    ['dist/apps/api', []],
    ['distribution', []],
    ['src', []],
  ])('of a copied "%s" are %j', (path, kept) => {
    expect(keptOut(path)).toEqual(kept);
  });

  it('are deeper in the folders of packages whose names have slashes', () => {
    const rules = neverEntering('', 'docker', ['dist'], [], () => false, [1, 2]);
    expect(rules).toContain('dist/**/docker/*/*/*/build.json*');
    expect(rules).toContain('dist/**/docker/*/*/*/*/build.json*');
  });

  it('do not exist in a context below the workspace, which has no records', () => {
    expect(keptOut('', 'services/api')).toEqual([]);
  });

  it('include the data folders of Nx in the context', () => {
    const rules = (contextDir: string, path: string) =>
      neverEntering(contextDir, 'docker', [path], ['.nx', 'services/api/tmp/nx', 'tmp'], () => false);
    expect(rules('', 'services')).toEqual(['services/api/tmp/nx', 'services/api/tmp/nx/**']);
    expect(rules('services/api', '')).toEqual(['tmp/nx', 'tmp/nx/**']);
    expect(rules('services/api', 'src')).toEqual([]);
    expect(rules('services', 'api/*')).toEqual(['api/tmp/nx', 'api/tmp/nx/**']);
  });

  it('depend on the output folder, and on the manifests of folders whose output is copied', () => {
    expect(keptOut('dist', '', 'images')).toEqual([]);
    expect(keptOut('dist/a/b', '', 'docker', ['a/b/manifest.yml'])).toEqual(RECORDS);
  });
});
