import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { generatedImagesOf } from './generated-images-of.ts';

describe('two manifests in one folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'two-manifests-'));
    write('a/t/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('a/t/runtime.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('a/manifest.yml', manifest('x'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }

  function manifest(name: string): string {
    return `version: '1'
packages: { ${name}: { runtime: [debian12] } }
releases: { debian: { 12: { templates_dir: t, base_image: debian } } }
`;
  }

  /** The diagnostics of the workspace's manifests, without their places. */
  function problems(...manifests: string[]): string[] {
    const options = resolveOptions({});
    const { diagnostics } = generatedImagesOf({ root, manifests, optionsOf: () => options, environment: {} });
    return diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
  }

  it.each([
    ['that have different packages', manifest('y')],
    ['that are the same', manifest('x')],
  ])('are an error that names both, %s', (_, text) => {
    write('a/manifest.yaml', text);
    expect(problems('a/manifest.yml', 'a/manifest.yaml')).toContain(
      'error two-manifests a/manifest.yml and a/manifest.yaml are manifests in one folder, and would write the same files.',
    );
  });

  it("are allowed if the other file is another program's", () => {
    write('a/manifest.yaml', 'apiVersion: v1\nkind: Pod\n');
    expect(problems('a/manifest.yml', 'a/manifest.yaml')).toEqual([]);
  });

  it('are allowed in two folders', () => {
    write('a/b/manifest.yaml', manifest('y'));
    write('a/b/t/base.Dockerfile.liquid', 'FROM {{ from }}\n');
    write('a/b/t/runtime.Dockerfile.liquid', 'FROM {{ from }}\n');
    expect(problems('a/manifest.yml', 'a/b/manifest.yaml')).toEqual([]);
  });
});
