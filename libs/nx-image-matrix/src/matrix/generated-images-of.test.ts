import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { generatedImagesOf } from './generated-images-of.ts';

describe('generatedImagesOf', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'generated-images-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  /** A manifest with one image of a package, and its template. */
  function writeManifest(folder: string, name: string, from = '{{ from }}'): void {
    write(
      `${folder}/manifest.yml`,
      `version: '1'\npackages: { ${name}: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: debian } } }\n`,
    );
    write(`${folder}/t/base.Dockerfile.liquid`, 'FROM {{ from }}\n');
    write(`${folder}/t/runtime.Dockerfile.liquid`, `FROM ${from}\n`);
  }

  const one = resolveOptions({ outputDir: 'one' });
  const two = resolveOptions({ outputDir: 'two', version: '2' });
  const read = () =>
    generatedImagesOf({
      root,
      manifests: ['a/manifest.yml', 'b/manifest.yml'],
      optionsOf: (manifest) => (manifest[0] === 'a' ? one : two),
      environment: {},
    });

  it("uses the folder and the version of each manifest's own options", () => {
    writeManifest('a', 'x');
    writeManifest('b', 'y');
    const { matrices, diagnostics } = read();
    expect(diagnostics).toEqual([]);
    const found = matrices.flatMap(({ images }) =>
      images.map(({ document }) => `${document.folder} ${document.reference}`),
    );
    expect(found.sort()).toEqual([
      'a/one/x/debian12/base x:base',
      'a/one/x/debian12/runtime x:1-runtime',
      'b/two/y/debian12/base y:base',
      'b/two/y/debian12/runtime y:2-runtime',
    ]);
  });

  it('reports a repository of `staging` that another manifest of the same options pushes to', () => {
    writeManifest('a/x', 'x');
    writeManifest('a/y', 'y');
    const add = (folder: string, section: string): void =>
      appendFileSync(join(root, folder, 'manifest.yml'), `${section}\n`);
    add('a/x', 'staging: { repository: acme/y }');
    add('a/y', 'repository: { r: { registry: { y: docker.io/acme/y } } }');
    const manifests = ['a/x/manifest.yml', 'a/y/manifest.yml'];
    expect(generatedImagesOf({ root, manifests, optionsOf: () => one, environment: {} }).diagnostics).toMatchObject([
      { code: 'bad-staging', file: 'a/x/manifest.yml', line: 4, column: 1 },
    ]);
  });

  it('reports images of different options with the same name', () => {
    writeManifest('a', 'x');
    writeManifest('b', 'x');
    expect(read().diagnostics).toContainEqual(
      expect.objectContaining({ code: 'duplicate-project', severity: 'error' }),
    );
  });

  it('omits files of an image that render to nothing', () => {
    writeManifest('a', 'x');
    writeManifest('b', 'y');
    write('a/t/base/Dockerfile.liquid', 'FROM {{ from }}\n');
    rmSync(join(root, 'a/t/base.Dockerfile.liquid'));
    write('a/t/base/some.txt.liquid', '{% if package == "y" %}some{% endif %}\n');
    write('a/t/base/all.txt.liquid', '{{ package }}\n');
    const { matrices, diagnostics } = read();
    expect(diagnostics).toEqual([]);
    const base = matrices.flatMap(({ images }) => images).find(({ image }) => image.name === 'x-debian12-base');
    const expected = ['Dockerfile', 'Dockerfile.dockerignore', 'all.txt', 'image.json'];
    expect(base?.files.map(({ path }) => path)).toEqual(expected);
    expect(base?.document.files).toEqual(expected);
  });

  it('reports the errors of each once', () => {
    writeManifest('a', 'x', '{{ nothing');
    writeManifest('b', 'x');
    expect(read().diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'template-error' },
    ]);
  });
});
