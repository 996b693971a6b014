import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { readJsonc } from '../jsonc.ts';
import { init } from './generator.ts';

const matrix = 'packages: {}\nreleases: {}\n';

describe('init', () => {
  let root: string;
  let output: string;
  const print = console.log;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'init-'));
    output = '';
    console.log = (text: string) => void (output += `${text}\n`);
  });
  afterEach(() => {
    console.log = print;
    rmSync(root, { recursive: true });
  });

  const read = (path: string) => readFileSync(join(root, path), 'utf8');

  /** Runs the generator in a workspace with these files; returns the paths that it wrote. */
  async function run(files: Record<string, string>, options = {}): Promise<string[]> {
    for (const [path, content] of Object.entries({ 'nx.json': '{}', 'package.json': '{}', ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    return again(options);
  }

  async function again(options = {}): Promise<string[]> {
    const tree = new FsTree(root, false);
    await init(tree, options);
    const changes = tree.listChanges();
    flushChanges(root, changes);
    return changes.map(({ path }) => path);
  }

  it.each([
    ['.prettierrc', { '.prettierrc': '{}' }],
    ['prettier.config.mjs', { 'prettier.config.mjs': '' }],
    ['a dependency', { 'package.json': '{ "devDependencies": { "prettier": "3" } }' }],
    ['a key of package.json', { 'package.json': '{ "prettier": {} }' }],
    ['oxfmt.config.ts', { 'oxfmt.config.ts': '' }],
  ])('excludes the output in Prettier, with %s', async (_, files) => {
    await run(files);
    expect(read('.prettierignore')).toBe('/docker\n');
    expect(output).toContain('Formatters now leave docker/ alone: .prettierignore\n');
    expect(await again()).toEqual([]);
  });

  it.each([
    ['.prettierignore', 'dist', 'dist\n/docker\n'],
    ['.prettierignore', 'dist\r\n', 'dist\r\n/docker\r\n'],
    ['.prettierignore', 'docker/\n', 'docker/\n'],
    ['.prettierignore', '!/docker/**\n', '!/docker/**\n'],
    ['.oxfmtrc.json', '{ "ignorePatterns": ["dist"] }', { ignorePatterns: ['dist', 'docker/**'] }],
    ['.oxfmtrc.jsonc', '{ "ignorePatterns": ["./docker/"] }', { ignorePatterns: ['./docker/'] }],
    ['dprint.json', '{ "excludes": [] }', { excludes: ['docker/**'] }],
    ['biome.json', '{}', { files: { includes: ['**', '!docker/**'] } }],
    ['biome.jsonc', '{ "files": { "includes": ["**", "!!docker"] } }', { files: { includes: ['**', '!!docker'] } }],
    ['biome.json', '{ "files": { "ignore": ["dist"] } }', { files: { ignore: ['dist', 'docker/**'] } }],
  ])('adds the output to %s with %j', async (path, text, expected) => {
    await run({ [path]: text });
    const written = read(path);
    expect(typeof expected === 'string' ? written : readJsonc(written, path)).toEqual(expected);
    expect(await again()).toEqual([]);
  });

  it('creates no file for a formatter that is not used', async () => {
    expect((await run({})).sort()).toEqual([
      '.gitattributes',
      '.vscode/extensions.json',
      '.vscode/settings.json',
      'nx.json',
    ]);
    expect(output).toBe('');
  });

  it.each([
    ['a name', '@nx/docker', { plugin: '@nx/docker', exclude: ['docker/**'] }],
    [
      'an entry',
      { plugin: '@nx/docker', options: { buildTarget: 'x' }, exclude: ['a/**'] },
      { plugin: '@nx/docker', options: { buildTarget: 'x' }, exclude: ['a/**', 'docker/**'] },
    ],
    [
      'an entry that does so',
      { plugin: '@nx/docker', exclude: ['docker/**'] },
      { plugin: '@nx/docker', exclude: ['docker/**'] },
    ],
  ])('excludes the output in @nx/docker: %s', async (_, entry, expected) => {
    await run({ 'nx.json': JSON.stringify({ plugins: ['@nx/js', entry] }) });
    expect(readJsonc(read('nx.json'), 'nx.json')['plugins']).toEqual([
      '@nx/js',
      expected,
      expect.objectContaining({ plugin: 'nx-image-matrix' }),
    ]);
    expect(output.includes('@nx/docker would make targets')).toBe(JSON.stringify(entry) !== JSON.stringify(expected));
    expect(await again()).toEqual([]);
  });

  it('protects the output of every manifest, in another folder too', async () => {
    const files = {
      'a/manifest.yml': matrix,
      'b/manifest.yaml': matrix,
      'cf/manifest.yml': 'applications: []\n',
      '.prettierrc': '',
      'nx.json': '{ "plugins": ["@nx/docker"] }',
    };
    await run(files, { outputDir: 'images' });
    expect(read('.prettierignore')).toBe('/a/images\n/b/images\n');
    expect(
      read('.gitattributes')
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['a/images/**', 'b/images/**', '']);
    expect(read('nx.json')).toContain('"a/images/**"');
    expect(await again()).toEqual([]);
  });
});
