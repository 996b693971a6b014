import { expandImages, isImageMatrix, parseManifest, type FileReader } from '../index.ts';

const release = '{ templates_dir: t, base_image: "debian:12" }';
const releases = `releases: { debian: { 12: ${release} } }\n`;
const packages = 'packages: { app: { runtime: [debian] } }\n';

/** Files of a workspace; `*` is the only glob, and a text of `null` cannot be read. */
function readerOf(files: Record<string, string | null>): FileReader {
  const names = Object.keys(files).sort();
  return {
    kindOf: (path) =>
      path in files ? 'file' : names.some((name) => name.startsWith(`${path}/`)) ? 'folder' : 'nothing',
    find: (glob) => {
      const source = glob.replaceAll('.', '\\.').replace('{yml,yaml}', 'ya?ml').replaceAll('*', '[^/]*');
      return names.filter((name) => new RegExp(`^${source}$`).test(name));
    },
    read: (path) => {
      const text = files[path];
      if (typeof text === 'string') return { text };
      const message = `${path} cannot be read: there is no permission to read it`;
      return { problem: { code: 'unreadable-file', message, line: 1, column: 1 } };
    },
  };
}

function parse(text: string | undefined, files: Record<string, string | null>, file = 'manifest.yml') {
  const { manifest, diagnostics } = parseManifest(text, file, readerOf(files));
  const names = manifest && expandImages(manifest, {}).images.map(({ name }) => name);
  const lines = diagnostics.map(({ file: path, line, column, code, message }) =>
    [`${path}:${line}:${column}`, code, message].join(' '),
  );
  return { names, lines, diagnostics };
}

/** A line that begins with a text. */
function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

const app = ['app-debian12-base', 'app-debian12-runtime'];

describe('include', () => {
  it.each([
    ['a file', 'include: a.yml\n', { 'a.yml': packages + releases }],
    ['several', 'include: [a.yml, b/c.yaml]\n', { 'a.yml': packages, 'b/c.yaml': releases }],
    ['a folder', 'include: [parts]\n', { 'parts/a.yml': packages, 'parts/b.yaml': releases, 'parts/c.md': 'c' }],
    ['a glob', `include: [p/*.yml]\n${releases}`, { 'p/a.yml': packages, 'p/b.yml': 'x-a: 1\n', 'p/c.json': '{' }],
    ['a list in a list', `include: [[a.yml]]\n${releases}`, { 'a.yml': packages }],
    ['JSON', `include: a.json\n${releases}`, { 'a.json': '{"packages": {"app": {"runtime": ["debian"]}}}' }],
    ['a file twice', `include: [a.yml, ./a.yml, "*.yml"]\n${releases}`, { 'a.yml': packages }],
    ['nothing', `include:\n${packages}${releases}`, {}],
    ['a file with a mark', `include: [a.yml]\n${releases}`, { 'a.yml': `\ufeff${packages}` }],
    ['an empty file', `include: [a.yml]\n${packages}${releases}`, { 'a.yml': '# nothing yet\n' }],
    ['equal keys', `version: 1\ninclude: [a.yml]\n${releases}`, { 'a.yml': `version: 1\n${releases}${packages}` }],
    ['keys of the same section', `include: a.yml\n${packages}${releases}`, { 'a.yml': 'packages: { }\n' }],
    ['extensions of the same name', `x-a: 1\ninclude: a.yml\n${releases}`, { 'a.yml': `x-a: 2\n${packages}` }],
  ])('reads %s', (_, text, files) => {
    expect(parse(text, files)).toMatchObject({ lines: [], names: app });
    expect(isImageMatrix(text, 'manifest.yml', readerOf(files))).toBe(true);
  });

  it('is relative to the file that has it, and may lead to other folders of the workspace', () => {
    const files = { 'shared/r.yml': releases, 'x/p.yml': packages };
    expect(parse('include: [p.yml, ../shared/*.yml]\n', files, 'x/manifest.yml')).toMatchObject({ names: app });
  });

  it.each([
    ['a missing file', 'include: [a.yml]\n', {}, 'manifest.yml:1:11 bad-include there is no a.yml'],
    ['a glob without files', 'include: p/*.yml\n', {}, 'manifest.yml:1:10 bad-include `p/*.yml` matches no file'],
    ['a folder without files', 'include: p\n', { 'p/a.md': '' }, 'manifest.yml:1:10 bad-include `p` matches no file'],
    [
      'itself',
      'include: manifest.yml\n',
      { 'manifest.yml': '' },
      'manifest.yml:1:10 bad-include `manifest.yml` includes itself',
    ],
    [
      'an absolute path',
      'include: /etc/a.yml\n',
      {},
      'manifest.yml:1:10 bad-include `/etc/a.yml` is not a relative path',
    ],
    ['a drive', 'include: "C:/a.yml"\n', {}, 'manifest.yml:1:10 bad-include `C:/a.yml` is not a relative path'],
    [
      'a URL',
      'include: https://a.example/a.yml\n',
      {},
      'manifest.yml:1:10 bad-include `https://a.example/a.yml` is not a relative path',
    ],
    ['a way out', 'include: [../a.yml]\n', {}, 'manifest.yml:1:11 bad-include `../a.yml` leads out of the workspace'],
    ['backslashes', 'include: a\\b.yml\n', {}, 'manifest.yml:1:10 bad-include `a\\b.yml` has a backslash'],
    [
      'another kind of file',
      'include: .env\n',
      { '.env': '' },
      'manifest.yml:1:10 bad-include `.env` is not a file of a manifest',
    ],
    [
      'other globs',
      'include: "[ab]*.yml"\n',
      {},
      'manifest.yml:1:10 bad-include a glob may have `*`, `**`, `?` and `{a,b}`, found `[`',
    ],
    [
      'an unreadable file',
      'include: a.yml\n',
      { 'a.yml': null },
      'manifest.yml:1:10 unreadable-file a.yml cannot be read: there is no permission to read it',
    ],
    ['a map', 'include: { a: b }\n', {}, 'manifest.yml:1:10 wrong-type `include` must be a path, or a list of paths'],
    ['a number', 'include: [12]\n', {}, 'manifest.yml:1:11 wrong-type `include` must be a path, or a list of paths'],
    [
      'include in an included file',
      'include: a.yml\n',
      { 'a.yml': 'x-a: 1\ninclude: b.yml\n' },
      'a.yml:2:1 bad-include `include` is not read in an included file',
    ],
    ['broken YAML', 'include: a.yml\n', { 'a.yml': 'a: [\n' }, /^a.yml:\d+:\d+ yaml-syntax /],
    [
      'a list',
      'include: a.yml\n',
      { 'a.yml': '- a\n' },
      'a.yml:1:1 wrong-type a file of a manifest must be a map, found a list',
    ],
    [
      'an anchor of another file',
      `x-a: &x 1\n${packages}${releases}include: a.yml\n`,
      { 'a.yml': 'version: *x\n' },
      'a.yml:1:10 unknown-alias nothing before this has the anchor `&x`',
    ],
  ])('reports %s', (_, text, files: Record<string, string | null>, line) => {
    const { lines, names } = parse(text, files);
    expect(lines).toEqual([typeof line === 'string' ? line : matching(line)]);
    expect(names).toBeUndefined();
  });

  it('reports what two files set differently, with both places', () => {
    const text = `version: 1\ninclude: [a.yml, b.yml]\n${releases}`;
    const files = {
      'a.yml': packages,
      'b.yml': 'version: 2\npackages:\n  web: { runtime: [debian] }\n  app: { devel: [debian] }\n',
    };
    expect(parse(text, files).lines).toEqual([
      'b.yml:1:1 duplicate-key `version` is set differently in manifest.yml:1:1',
      'b.yml:4:3 duplicate-key `app` of `packages` is set differently in a.yml:1:13',
    ]);
  });

  it('says where in which file any other mistake is', () => {
    const files = {
      'p/a.yml': 'packages:\n  app: { runtime: [debian, nowhere] }\n',
      'p/b.yml': `${releases}relases: {}\n`,
    };
    const { lines } = parse('include: [p/*.yml]\n', files);
    expect(lines.map((line) => line.split(' ', 2).join(' '))).toEqual([
      'p/a.yml:2:28 unknown-distro',
      'p/b.yml:2:1 unknown-key',
    ]);
  });

  it('names the file of a mistake that shows in images', () => {
    const files = { 'a.yml': `${packages}release_types: { runtime: { tags: ["{{ nothing }}"] } }\n` };
    const { manifest } = parseManifest(`include: a.yml\n${releases}`, 'manifest.yml', readerOf(files));
    expect(expandImages(manifest!, {}).diagnostics).toMatchObject([{ file: 'a.yml', line: 2, code: 'bad-tag' }]);
  });

  it('has limits of number and size', () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`p/${index}.yml`, '']));
    expect(parse('include: [p]\n', many).lines).toEqual([
      'manifest.yml:1:11 bad-include a manifest has at most 200 further files',
    ]);
    const large = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [`p/${index}.yml`, `#${' '.repeat(390_000)}`]),
    );
    expect(parse('include: [p]\n', large).lines).toEqual([
      'manifest.yml:1:11 bad-include the further files of a manifest have at most 4000 kB',
    ]);
    const args = Array.from({ length: 300 }, (_, index) => `A${index}: { from: v.json }`).join();
    const values = JSON.stringify(Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [index, {}])));
    expect(
      parse(`release_spec: { args: { ${args} } }\n${packages}${releases}`, { 'v.json': values }).lines,
    ).toContainEqual(expect.stringContaining('bad-data-file the data files up to here have more than 250000 values'));
  });

  it('shares the limits of aliases between files', () => {
    const bomb = (name: string) =>
      `x-a: &a [${'1,'.repeat(400)}]\nx-b: &b [${'*a,'.repeat(200)}]\npackage_spec: { ${name}: { labels: { a: *b } } }\n`;
    const files = Object.fromEntries(['a', 'b', 'c'].map((name) => [`${name}.yml`, bomb(name)]));
    const { lines } = parse(`include: ["*.yml"]\n${packages}${releases}`, files);
    expect(lines).toEqual([expect.stringMatching(/^b.yml:\d+:\d+ yaml-syntax the aliases up to here/)]);
  });
});

describe('a folder', () => {
  it('is one manifest of its files', () => {
    const files = { 'x/manifest/a.yml': packages, 'x/manifest/b.yaml': releases, 'x/manifest/c.txt': 'c' };
    expect(parse(undefined, files, 'x/manifest')).toMatchObject({ lines: [], names: app });
    expect(isImageMatrix(undefined, 'x/manifest', readerOf(files))).toBe(true);
  });

  it('includes files of other folders, from any of its files', () => {
    const files = {
      'manifest/a.yml': `include: ../shared/a.yml\n${packages}`,
      'manifest/b.yml': 'include: [../shared/b.yml]\n',
      'shared/a.yml': releases,
      'shared/b.yml': 'version: 3\n',
    };
    expect(parse(undefined, files, 'manifest')).toMatchObject({ lines: [], names: app });
  });

  it('is reported in its files', () => {
    const files = { 'manifest/a.yml': packages, 'manifest/b.yml': 'release_spec: {}\n' };
    expect(parse(undefined, files, 'manifest').lines).toContain('manifest/a.yml:1:1 missing-key `releases` is missing');
  });

  it.each([
    ['of Kubernetes', { 'manifest/a.yml': 'apiVersion: v1\nkind: ConfigMap\n' }, false],
    ['with one of the keys', { 'manifest/a.yml': packages }, false],
    ['with both keys in two files', { 'manifest/a.yml': packages, 'manifest/b.yml': releases }, true],
    ['with broken YAML', { 'manifest/a.yml': `packages:\n\t- a\n`, 'manifest/b.yml': releases }, true],
    ['with another section of ours', { 'manifest/a.yml': packages, 'manifest/b.yml': 'release_spec: {}\n' }, true],
    ['without files', {}, false],
  ])('%s is a manifest: %#', (_, files, expected) => {
    expect(isImageMatrix(undefined, 'manifest', readerOf(files as Record<string, string>))).toBe(expected);
  });
});

it.each([
  ['a list of files of another program', 'include: [src/**]\nname: x\n', false],
  ['packages in a file', 'include: [a.yml]\nname: x\n', true],
  ['only keys of ours', 'version: 1\ninclude: [missing.yml]\n', true],
  ['include further down', 'a:\n  include: [a.yml]\n', false],
  ['broken YAML with sections', 'include: [a.yml\npackages: {}\nreleases: {}\n', true],
])('tells manifests by what they include: %s', (_, text, expected) => {
  expect(isImageMatrix(text, 'manifest.yml', readerOf({ 'a.yml': packages + releases }))).toBe(expected);
});

describe('a data file', () => {
  const versions = '{"3.10": {"VERSION": "3.10.4"}, "3.9": {}}';
  const withArgs = (args: string) => `${packages}release_spec: { args: ${args} }\n${releases}`;

  it.each([
    ['release_spec', 'release_spec: { args: { PYTHON_VERSION: { from: v.json } } }'],
    [
      'release_types',
      'release_types: { base: { args: { PYTHON_VERSION: { from: v.json } } }, runtime: { args: { PYTHON_VERSION: { from: ./v.json } } } }',
    ],
    ['package_spec', 'package_spec: { app: { args: { PYTHON_VERSION: { from: v.json } } } }'],
    [
      'several places by an alias',
      'x-a: &a { PYTHON_VERSION: { from: v.json } }\nrelease_spec: { args: *a }\npackage_spec: { app: { args: { <<: *a } } }',
    ],
  ])('is an axis in %s', (_, text) => {
    expect(parse(`${text}\n${packages}${releases}`, { 'v.json': versions })).toMatchObject({
      lines: [],
      names: ['base-python3.10', 'base-python3.9', 'runtime-python3.10', 'runtime-python3.9'].map(
        (name) => `app-debian12-${name}`,
      ),
    });
  });

  it('is cuda_dependencies, or one of their versions', () => {
    const cuda = (text: string) =>
      `cuda_dependencies: ${text}\npackages: { app: { cudnn: [debian] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: d, cuda_prefix_url: debian12, cuda: 12.4.1 } } }\n`;
    const components = 'cudart: 12.4.127-1\ncudnn9: 9.1.0.70-1\n';
    const files = { 'all.yml': `12.4.1: { cudart: 12.4.127-1, cudnn9: 9.1.0.70-1 }\n`, 'one.yml': components };
    const names = ['app-debian12-base', 'app-debian12-cudnn-cuda12.4.1'];
    expect(parse(cuda('{ from: all.yml }'), files)).toMatchObject({ lines: [], names });
    expect(parse(cuda('{ 12.4.1: { from: one.yml } }'), files)).toMatchObject({ lines: [], names });
  });

  it('is vars, or one variable of any kind', () => {
    const files = { 'v.json': '{"a": {"from": "b.json"}, "n": 3.10}', 'l.yml': '[x, y]\n' };
    const text = `release_spec: { vars: { from: v.json } }\npackage_spec: { app: { vars: { list: { from: l.yml }, mail: { from: me, to: you } } } }\n${packages}${releases}`;
    const { manifest, diagnostics } = parseManifest(text, 'manifest.yml', readerOf(files));
    expect(diagnostics).toEqual([]);
    expect(expandImages(manifest!, {}).images[1]?.variables.vars).toEqual({
      a: { from: 'b.json' },
      n: '3.10',
      list: ['x', 'y'],
      mail: { from: 'me', to: 'you' },
    });
  });

  it('leaves other keys `from` alone', () => {
    const text = `${packages}release_types: { runtime: { from: base } }\nrelease_spec: { args: { from: v }, labels: { from: v } }\n${releases}`;
    expect(parse(text, {})).toMatchObject({ lines: [], names: app });
  });

  it.each([
    ['that is missing', '{ A: { from: v.json } }', {}, 'manifest.yml:2:36 bad-data-file there is no v.json'],
    [
      'that is outside of the workspace',
      '{ A: { from: ../v.json } }',
      {},
      'manifest.yml:2:36 bad-data-file `../v.json` leads out of the workspace',
    ],
    [
      'of another kind',
      '{ A: { from: .env } }',
      { '.env': '' },
      'manifest.yml:2:36 bad-data-file `.env` is not a data file',
    ],
    [
      'beside other keys',
      '{ A: { from: v.json, 3.12: { B: c } } }',
      {},
      'manifest.yml:2:30 bad-data-file `from` names a data file, and other keys are beside it',
    ],
    [
      'that is a list',
      '{ A: { from: v.json } }',
      { 'v.json': '["3.12"]' },
      'v.json:1:1 wrong-type v.json must be a map, found a list',
    ],
    [
      'that is empty',
      '{ A: { from: v.json } }',
      { 'v.json': '' },
      'v.json:1:1 wrong-type v.json must be a map, found nothing',
    ],
    [
      'with a key twice',
      '{ A: { from: v.json } }',
      { 'v.json': '{"a": {},\n "a": {}}' },
      'v.json:2:2 duplicate-key `a` stands here a second time, first on line 1',
    ],
    ['with broken JSON', '{ A: { from: v.json } }', { 'v.json': '{"a": {}' }, /^v.json:1:\d+ yaml-syntax/],
    [
      'that cannot be read',
      '{ A: { from: v.json } }',
      { 'v.json': null },
      'manifest.yml:2:36 unreadable-file v.json cannot be read: there is no permission to read it',
    ],
    [
      'with lists below values',
      '{ A: { from: v.json } }',
      { 'v.json': '{"1": {"variants": ["slim"]}}' },
      'v.json:1:8 wrong-type `variants` is a list, and an argument is a single value',
    ],
  ])('%s is reported', (_, args, files: Record<string, string | null>, line) => {
    const { lines } = parse(withArgs(args), files);
    expect(lines).toEqual([typeof line === 'string' ? line : matching(line)]);
  });

  it('is relative to the file that names it; a hint says where else it is', () => {
    const files = { 'manifest/a.yml': withArgs('{ A: { from: v.json } }'), 'v.json': versions };
    const { diagnostics } = parse(undefined, files, 'manifest');
    expect(diagnostics).toMatchObject([
      { file: 'manifest/a.yml', message: 'there is no manifest/v.json', hint: 'did you mean `../v.json`?' },
    ]);
    expect(parse(undefined, { ...files, 'manifest/v.json': versions }, 'manifest').names).toHaveLength(4);
  });

  it.each([
    ['tabs', JSON.stringify(JSON.parse(versions), null, '\t')],
    ['one line', JSON.stringify(JSON.parse(versions))],
    ['Windows line ends', JSON.stringify(JSON.parse(versions), null, 2).replaceAll('\n', '\r\n')],
    ['a mark', `\ufeff${versions}`],
    ['escapes', versions.replace('3.10.4', '3.10.4\\u002B\\/a')],
  ])('may be JSON with %s', (_, text) => {
    expect(parse(withArgs('{ A: { from: v.json } }'), { 'v.json': text })).toMatchObject({
      lines: [],
      names: { length: 4 },
    });
  });

  it('keeps names that are special in JavaScript', () => {
    const files = { 'v.json': '{"__proto__": {"constructor": "x"}, "constructor": {}}' };
    expect(parse(withArgs('{ A: { from: v.json } }'), files).names).toHaveLength(4);
  });
});
