import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestOptions } from '../options/manifest-options.ts';
import { parentsOfOtherEntries } from './other-entries.ts';
import { readMatrices } from './read-matrices.ts';

const nxJson = {
  plugins: [
    { plugin: 'nx-image-matrix', exclude: ['api/**'] },
    '@nx/js',
    { plugin: 'nx-image-matrix', include: ['api/**'], options: { prefix: 'api-', version: '2' } },
  ],
};

describe('images that start FROM images of another entry', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'other-entries-'));
    symlinkSync(join(import.meta.dirname, '../../../../node_modules'), join(root, 'node_modules'));
    writeManifest('web', 'web');
    writeManifest('api', 'app');
    writeManifest('tools', 'tool');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const manifests = ['api/manifest.yml', 'tools/manifest.yml', 'web/manifest.yml'];

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function writeManifest(folder: string, name: string): void {
    write(
      `${folder}/manifest.yml`,
      `version: '1'\npackages: { ${name}: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: "debian:12" } } }\n`,
    );
    write(`${folder}/t/base.Dockerfile.liquid`, 'FROM {{ from }}\n');
    write(`${folder}/t/runtime.Dockerfile.liquid`, 'FROM {{ from }}\n');
  }

  const found = (own: string[]) => {
    const options = manifestOptions(nxJson, root)(own[0]!);
    const { matrices } = readMatrices(root, own, options, {});
    return parentsOfOtherEntries(root, nxJson, matrices, manifests);
  };
  const ofFirst = () => found(['tools/manifest.yml', 'web/manifest.yml']);

  it.each([
    ['a whole reference', 'FROM api-app:2-runtime', 1, 'api-app:2-runtime'],
    ['a reference with the registry', 'FROM docker.io/library/api-app:base', 1, 'docker.io/library/api-app:base'],
    ['an image that is copied from', 'FROM debian\nCOPY --from=api-app:base /a /b', 2, 'api-app:base'],
    ['a mount', 'FROM debian\nRUN --mount=from=api-app:base,target=/a true', 2, 'api-app:base'],
    ['a tag that is not known', 'FROM api-app:2-${TARGETOS}', 1, 'api-app:2-*'],
  ])('are an error that names both entries: %s', (_, text, line, reference) => {
    write('web/t/runtime.Dockerfile.liquid', `${text}\n`);
    expect(ofFirst()).toEqual([
      expect.objectContaining({
        code: 'parent-of-other-entry',
        severity: 'error',
        file: 'web/docker/web/debian12/runtime/Dockerfile',
        line,
        message:
          `The Dockerfile of web-debian12-runtime starts from or copies from "${reference}", an image of api/manifest.yml. ` +
          'In nx.json plugins[0] takes web/manifest.yml and plugins[2] takes api/manifest.yml, and there are no edges between images of two entries.',
      }),
    ]);
  });

  it('are one error per pair of manifests, even for a base image', () => {
    write(
      'api/manifest.yml',
      `version: '1'\npackages: { app: { runtime: [debian12] } }\nreleases: { debian: { 12: { templates_dir: t, base_image: "web:base" } } }\n`,
    );
    write(
      'api/t/runtime.Dockerfile.liquid',
      'FROM {{ from }}\nCOPY --from=tool:1-runtime /a /b\nCOPY --from=web:base /a /b\n',
    );
    expect(found(['api/manifest.yml']).map(({ file, line }) => `${file}:${line}`)).toEqual([
      'api/docker/app/debian12/base/Dockerfile:1',
      'api/docker/app/debian12/runtime/Dockerfile:2',
    ]);
  });

  it.each([
    ['within an entry', 'FROM tool:1-runtime'],
    ['of nobody', 'FROM api-app:1-runtime'],
    ['called like one without the prefix', 'FROM app:2-runtime'],
  ])('do not include images %s', (_, text) => {
    write('web/t/runtime.Dockerfile.liquid', `${text}\n`);
    expect(ofFirst()).toEqual([]);
  });

  it('do not include images of ignored manifests, or of other programs', () => {
    write('web/t/runtime.Dockerfile.liquid', 'FROM api-app:2-runtime\n');
    write('.nxignore', 'api/\n');
    expect(ofFirst()).toEqual([]);
    rmSync(join(root, '.nxignore'));
    write('api/manifest.yml', 'kind: Deployment\n');
    expect(ofFirst()).toEqual([]);
  });
});
