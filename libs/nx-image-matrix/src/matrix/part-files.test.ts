import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { cachedMatrices } from './cache/cached-matrices.ts';
import { gitWarnings } from './git-warnings.ts';
import { imageStates } from './image-states.ts';
import { imagesOf } from './images-of.ts';

const release = '{ templates_dir: t, base_image: "debian:12" }';
const releases = `releases: { debian: { 12: ${release} } }\n`;
const packages = (name: string) => `packages: { ${name}: { runtime: [debian] } }\n`;

describe('a manifest of several files', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'part-files-'));
    write('t/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('t/runtime.Dockerfile.liquid', 'FROM {{ from }}\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  const read = (...manifests: string[]) =>
    imagesOf({ root, manifests, optionsOf: () => resolveOptions({}), environment: {} }).map(
      ({ file, contextDir, images, diagnostics, parts }) => ({
        file,
        contextDir,
        images: images?.map(({ name }) => name),
        problems: diagnostics.map(({ file: path, line, column, code, message }) =>
          [`${path}:${line}:${column}`, code, message].join(' '),
        ),
        parts,
      }),
    );
  const cached = (...manifests: string[]) => cachedMatrices(root, manifests, resolveOptions({}), {});

  it('may be a folder, whose context is the folder around it', () => {
    write('x/manifest/a.yml', packages('app'));
    write('x/manifest/b.yml', releases);
    expect(read('x/manifest')).toMatchObject([
      { file: 'x/manifest', contextDir: 'x', images: ['app-debian12-base', 'app-debian12-runtime'], problems: [] },
    ]);
  });

  it.each(['manifest.yml', 'manifest.yaml'])('is %s, which has to include the files of a folder beside it', (name) => {
    write('manifest/a.yml', packages('app'));
    write('manifest/b.yml', releases);
    write(name, `include: [manifest/a.yml]\n${releases}`);
    expect(read('manifest', name)).toMatchObject([
      {
        file: name,
        problems: [
          `${name}:1:1 two-manifests ${name} is the manifest here, and does not include manifest/b.yml, which looks like another.`,
        ],
      },
    ]);
    write(name, 'include: [manifest]\n');
    expect(read('manifest', name)).toMatchObject([{ file: name, problems: [], images: { length: 2 } }]);
  });

  it('leaves folders of other programs alone, beside a manifest or not', () => {
    write('manifest/a.yml', 'kind: Service\n');
    write('manifest.yml', packages('app') + releases);
    expect(read('manifest', 'manifest.yml')).toMatchObject([{ file: 'manifest.yml', problems: [] }]);
    rmSync(join(root, 'manifest.yml'));
    expect(read('manifest')).toEqual([]);
  });

  it('keeps a manifest.yml in a folder of that name', () => {
    write('manifest/manifest.yml', packages('app') + releases);
    expect(read('manifest', 'manifest/manifest.yml')).toMatchObject([{ file: 'manifest/manifest.yml', problems: [] }]);
    write('manifest/other.yml', packages('other'));
    expect(read('manifest', 'manifest/manifest.yml')).toMatchObject([
      { problems: [expect.stringMatching('two-manifests')] },
    ]);
  });

  it.each(['a.yml.bak', 'a.json', 'a.YML', 'a.yml.orig'])('warns of %s', (name) => {
    write('manifest/a.yml', packages('app') + releases);
    write(`manifest/${name}`, packages('app'));
    const [found] = read('manifest');
    expect(found).toMatchObject({ problems: [], parts: { strays: [`manifest/${name}`] } });
    const { matrices } = cached('manifest');
    expect(gitWarnings(matrices, { ignored: new Set(), unknown: new Set() })).toMatchObject([
      { code: 'unread-file', file: `manifest/${name}` },
    ]);
  });

  it.each(['README.md', '.a.yml.swp', 'a.yml~', '#a.yml#'])('does not warn of %s', (name) => {
    write('manifest/a.yml', packages('app') + releases);
    write(`manifest/${name}`, name === 'README.md' ? 'About packages.\n' : packages('app'));
    expect(read('manifest')).toMatchObject([{ parts: { strays: [] } }]);
  });

  it('does not read files that links lead to outside of the workspace', () => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    writeFileSync(join(outside, 'a.yml'), packages('app'));
    symlinkSync(join(outside, 'a.yml'), join(root, 'a.yml'));
    symlinkSync(outside, join(root, 'folder'));
    write('manifest.yml', `include: [a.yml]\n${releases}`);
    const reason = 'it is, or is behind, a symbolic link that leads out of the workspace';
    expect(read('manifest.yml')).toMatchObject([
      { problems: [`manifest.yml:1:11 unreadable-file a.yml cannot be read: ${reason}`] },
    ]);
    for (const named of ['folder', 'folder/*.yml']) {
      write('manifest.yml', `include: [${named}]\n${releases}`);
      expect(read('manifest.yml')).toMatchObject([
        { problems: [expect.stringMatching(/^manifest.yml:1:11 bad-include /)] },
      ]);
    }
    rmSync(outside, { recursive: true });
  });

  it.each([
    ['a folder', () => mkdirSync(join(root, 'v.json')), 'it is a folder'],
    ['a large file', () => write('v.json', ' '.repeat(4_000_001)), 'it is larger than 4 MB'],
    ['a link to nowhere', () => symlinkSync('gone', join(root, 'v.json')), 'there is no v.json'],
    ['a link to itself', () => symlinkSync('v.json', join(root, 'v.json')), 'there is no v.json'],
    ['UTF-16', () => writeFileSync(join(root, 'v.json'), Buffer.from('\ufeff{}', 'utf16le')), 'not UTF-8'],
  ])('reports a data file that is %s', (_, make, message) => {
    make();
    write('manifest.yml', `${packages('app')}${releases}release_spec: { vars: { from: v.json } }\n`);
    expect(read('manifest.yml')).toMatchObject([{ images: undefined, problems: [expect.stringContaining(message)] }]);
  });

  it.each(['s.json', './s.json', 'link.json', 'absolute'])('does not read the build secret %s as data', (named) => {
    write('s.json', '{"a": "the value"}');
    symlinkSync('s.json', join(root, 'link.json'));
    const src = named === 'absolute' ? join(root, 's.json') : 's.json';
    const from = named === 'absolute' ? 's.json' : named;
    write(
      'manifest.yml',
      `${packages('app')}${releases}release_spec: { vars: { from: ${from} }, secrets: [{ id: pip, src: ${src} }] }\n`,
    );
    const { diagnostics } = cached('manifest.yml');
    expect(diagnostics).toMatchObject([{ code: 'secret-in-build', file: 's.json', conceal: true }]);
    expect(JSON.stringify(diagnostics)).not.toContain('the value');
  });

  it('warns of files that git ignores', () => {
    write('manifest.yml', `include: [a.yml]\n${releases}`);
    write('a.yml', packages('app'));
    const { matrices } = cached('manifest.yml');
    expect(gitWarnings(matrices, { ignored: new Set(['a.yml']), unknown: new Set() })).toMatchObject([
      { code: 'ignored-template', message: expect.stringContaining('"a.yml"') },
    ]);
  });

  it('has all its files as inputs of its images, and what would be one of them', () => {
    write('manifest.yml', 'include: [p/*.yml, folder, s.yml]\n');
    write('p/a.yml', packages('app'));
    write('folder/b.yml', releases);
    write('real.yml', 'release_spec: { vars: { from: v.json } }\n');
    symlinkSync('real.yml', join(root, 's.yml'));
    write('v.json', '{"a": 1}');
    const matrices = cached('manifest.yml');
    const { states } = imageStates(root, matrices);
    expect(states.get('app-debian12-runtime')?.staleInputs).toEqual(
      expect.arrayContaining(['manifest.yml', 'p/*.yml', 'folder/*.{yml,yaml}', 's.yml', 'real.yml', 'v.json']),
    );
  });

  it('is read again when one of its files changes, or there is another', () => {
    write('manifest.yml', `include: [p/*.yml]\n${releases}`);
    write('p/a.yml', packages('app'));
    const names = () => cached('manifest.yml').matrices.flatMap(({ images }) => images.map(({ image }) => image.name));
    expect(names()).toEqual(['app-debian12-base', 'app-debian12-runtime']);
    expect(cached('manifest.yml').matrices[0]?.parts.files).toEqual(['p/a.yml']);
    write('p/a.yml', packages('web'));
    expect(names()).toEqual(['web-debian12-base', 'web-debian12-runtime']);
    write('p/b.yml', packages('app'));
    expect(names()).toHaveLength(4);
    rmSync(join(root, 'p/a.yml'));
    expect(names()).toEqual(['app-debian12-base', 'app-debian12-runtime']);
  });

  it('is noticed when another file makes a manifest of the file', () => {
    write('manifest.yml', 'name: x\ninclude: [a.yml]\n');
    write('a.yml', 'kind: Service\n');
    expect(cached('manifest.yml')).toMatchObject({ matrices: [], diagnostics: [] });
    write('a.yml', packages('app') + releases);
    expect(cached('manifest.yml').diagnostics).toMatchObject([{ code: 'unknown-key', file: 'manifest.yml' }]);
  });
});
