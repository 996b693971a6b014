import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { imagesOf } from './images-of.ts';

const matrix = (version: string) =>
  `${version}packages: { app: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: debian } } }\n`;

describe('imagesOf', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'images-of-'));
    write('manifest.yml', matrix(''));
    write('api/manifest.yaml', matrix("version: '1'\n"));
    write('cf/manifest.yml', 'applications: []\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  const manifests = ['api/manifest.yaml', 'cf/manifest.yml', 'manifest.yml'];
  const prefix = { 'api/manifest.yaml': 'api-' };
  const workspace = (environment: NodeJS.ProcessEnv = {}) => ({
    root,
    manifests,
    optionsOf: () => resolveOptions({ prefix, outputDir: 'images' }),
    environment,
  });
  const references = (found: ReturnType<typeof imagesOf>) =>
    found.map(({ file, images }) => [file, images?.map(({ reference }) => reference)]);

  it('returns the images of each matrix, with its options, and skips other files', () => {
    const found = imagesOf(workspace());
    expect(references(found)).toEqual([
      ['api/manifest.yaml', ['api-app:base', 'api-app:1-runtime']],
      ['manifest.yml', ['app:base', 'app:dev-runtime']],
    ]);
    expect(found.map(({ contextDir, unversioned }) => [contextDir, unversioned])).toEqual([
      ['api', false],
      ['', true],
    ]);
    expect(found[0]?.images?.[0]?.dir).toBe('images/app/debian12/base');
  });

  it('prefers the version of the run to that of a manifest', () => {
    expect(references(imagesOf(workspace({ IMAGE_VERSION: '7' })))).toEqual([
      ['api/manifest.yaml', ['api-app:base', 'api-app:7-runtime']],
      ['manifest.yml', ['app:base', 'app:7-runtime']],
    ]);
  });

  it('reads texts that are not on disk yet instead of files', () => {
    const found = imagesOf(workspace(), new Map([['cf/manifest.yml', matrix("version: '3'\n")]]));
    expect(references(found)).toContainEqual(['cf/manifest.yml', ['app:base', 'app:3-runtime']]);
  });

  it('returns diagnostics without images for a manifest that has errors or cannot be read', () => {
    write('manifest.yml', 'packages: { app: { runtime: [nowhere] } }\nreleases: {}\n');
    mkdirSync(join(root, 'x/manifest.yml'), { recursive: true });
    const found = imagesOf({ ...workspace(), manifests: ['manifest.yml', 'x/manifest.yml'] });
    expect(references(found)).toEqual([
      ['manifest.yml', undefined],
      ['x/manifest.yml', undefined],
    ]);
    expect(found.map(({ diagnostics }) => diagnostics.map(({ severity }) => severity))).toEqual([['error'], ['error']]);
    expect(found[1]?.diagnostics[0]?.code).toBe('unreadable-file');
  });
});
