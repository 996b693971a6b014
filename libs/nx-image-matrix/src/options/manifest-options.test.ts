import type { NxJsonConfiguration } from '@nx/devkit';
import { byOptions, entriesOfManifest, manifestOptions, manifestsOfTwoEntries } from './manifest-options.ts';

/** Nx is read from here. */
const root = process.cwd();

type Plugins = NxJsonConfiguration['plugins'];

const entry = (outputDir: string, globs: { include?: string[]; exclude?: string[] } = {}) => ({
  plugin: 'nx-image-matrix',
  options: { outputDir },
  ...globs,
});

function outputDirOf(plugins: Plugins, manifest: string): string {
  return manifestOptions({ plugins }, root)(manifest).outputDir;
}

describe('manifestOptions', () => {
  it.each<[string, Plugins, string]>([
    ['of no entry are the defaults', undefined, 'docker'],
    ['of a name without options are the defaults', ['@nx/js', 'nx-image-matrix'], 'docker'],
    ['are those of the only entry, whatever it includes', [entry('one', { include: ['other/**'] })], 'one'],
    ['skip other plugins', [{ plugin: '@nx/docker', options: { outputDir: 'no' } }, entry('one')], 'one'],
    ['go by include', [entry('one', { include: ['a/**'] }), entry('two', { include: ['services/**'] })], 'two'],
    ['go by exclude', [entry('one', { exclude: ['services/**'] }), entry('two', { exclude: ['a/**'] })], 'two'],
    ['take an empty include for everything', [entry('one', { exclude: ['**'] }), entry('two', { include: [] })], 'two'],
    [
      'take exclude before include',
      [entry('one', { include: ['**'], exclude: ['services/*/*'] }), entry('two')],
      'two',
    ],
    ['are those of a name beside an entry', [entry('one', { exclude: ['services/**'] }), 'nx-image-matrix'], 'docker'],
    ['are of the last where two take it', [entry('one'), entry('two')], 'two'],
    [
      'are of the first where none takes it',
      [entry('one', { include: ['a/**'] }), entry('two', { include: ['b'] })],
      'one',
    ],
    [
      'let a later pattern override a negated one',
      [entry('one', { include: ['!services/**', '**/api/*'] }), entry('two', { include: ['x'] })],
      'one',
    ],
    [
      'let a negated pattern override an earlier one',
      [entry('one', { include: ['x'] }), entry('two', { exclude: ['**', '!services/**'] })],
      'two',
    ],
    [
      'know braces, classes and extended globs',
      [
        entry('one', { exclude: ['{x,services}/**'] }),
        entry('two', { include: ['@(services)/[a-c]pi/manifest.y?(a)ml'] }),
      ],
      'two',
    ],
  ])('%s', (_, plugins, expected) => {
    expect(outputDirOf(plugins, 'services/api/manifest.yml')).toBe(expected);
  });

  it('match folders that begin with a dot, and paths with ./', () => {
    const plugins = [entry('one', { exclude: ['services/**'] }), entry('two', { include: ['services/**'] })];
    expect(outputDirOf(plugins, 'services/.api/manifest.yml')).toBe('two');
    expect(outputDirOf(plugins, './services/manifest.yml')).toBe('two');
    expect(outputDirOf(plugins, 'manifest.yml')).toBe('one');
  });

  it('reject invalid options of the entry, but not of another', () => {
    const optionsOf = manifestOptions(
      { plugins: [entry('..', { exclude: ['a/**'] }), entry('two', { include: ['a/**'] })] },
      root,
    );
    expect(optionsOf('a/manifest.yml').outputDir).toBe('two');
    expect(() => optionsOf('b/manifest.yml')).toThrow('"outputDir" is ".."');
  });

  it('need Nx only if there are several entries', () => {
    expect(manifestOptions({ plugins: [entry('one')] }, '/')('manifest.yml').outputDir).toBe('one');
    expect(() => manifestOptions({ plugins: [entry('one'), entry('two')] }, '/')).toThrow('Nx is not found in /');
  });
});

describe('byOptions', () => {
  it('groups the manifests of one entry, even if another has the same options', () => {
    const plugins = [entry('x', { include: ['a/**'] }), entry('x', { exclude: ['a/**'] })];
    const groups = byOptions(['a/1', 'b/2', 'a/3', 'c/4'], manifestOptions({ plugins }, root));
    expect([...groups.values()]).toEqual([
      ['a/1', 'a/3'],
      ['b/2', 'c/4'],
    ]);
  });
});

describe('manifestsOfTwoEntries', () => {
  const plugins: Plugins = [entry('one', { exclude: ['b/**'] }), '@nx/js', entry('two', { include: ['{a,b}/**'] })];

  it('are errors that name the manifest and the entries', () => {
    const found = manifestsOfTwoEntries({ plugins }, root, ['a/manifest.yml', 'b/manifest.yml', 'c/manifest.yml']);
    expect(found).toMatchObject([
      {
        code: 'two-entries',
        severity: 'error',
        message: 'a/manifest.yml is taken by several entries of nx-image-matrix: plugins[0], plugins[2]',
      },
    ]);
    expect(entriesOfManifest({ plugins }, root)('b/manifest.yml')).toEqual([2]);
  });

  it('do not exist with one entry', () => {
    expect(manifestsOfTwoEntries({ plugins: ['nx-image-matrix'] }, root, ['a/manifest.yml'])).toEqual([]);
  });
});
