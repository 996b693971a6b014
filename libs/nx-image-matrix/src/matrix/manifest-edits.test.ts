import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

const manifest = `version: '1'
cuda_dependencies: { 12.4: { cudart: 12.4.1-1 }, 12.6.3: { cudart: 12.6.1-1 } }
release_spec:
  templates_dir: templates
  multistage_image: False
  cuda: 12.4
  cuda_prefix_url: debian12
  platforms: [linux/amd64]
packages:
  app: { runtime: [debian], cudnn: [debian] }
  lib: { cudnn: [debian] }
package_spec:
  app: { args: { PY: [3.11, 3.12] } }
releases:
  debian:
    12: { base_image: "debian:12" }
exclude: []
axis_labels: {}
`;

const templates = {
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nARG PY\n',
  'templates/cudnn.Dockerfile.liquid': 'FROM {{ from }}\nARG PY\nRUN echo {{ cuda.repository_urls.arm64 }}\n',
};

describe('what an edit of the manifest changes', () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'edits-of-cells-'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const write = (files: Record<string, string>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };

  /** The digest of each image's files. */
  function digests(text: string): Map<string, string> {
    write({ ...templates, 'manifest.yml': text });
    const { matrices, diagnostics } = readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return new Map(matrices.flatMap(({ images }) => images.map(({ image, digest }) => [image.name, digest])));
  }

  it.each([
    ['staging', 'exclude: []', 'exclude: []\nstaging: { repository: r.io/s, user: U, pwd: P }', []],
    [
      'leaving out an image',
      'exclude: []',
      'exclude: [{ release_type: runtime, PY: 3.11 }]',
      ['-app-debian12-runtime-py3.11'],
    ],
    ['an entry that leaves out nothing', 'exclude: []', 'exclude: [{ package: lib, release_type: runtime }]', []],
    [
      'the CUDA of one package',
      'package_spec:',
      'package_spec:\n  lib: { cuda: 12.6.3 }',
      ['-lib-debian12-cudnn-cuda12.4', '+lib-debian12-cudnn-cuda12.6.3'],
    ],
    ['the CUDA that it has anyway', 'package_spec:', 'package_spec:\n  lib: { cuda: 12.4 }', []],
    ['a CUDA version that no image has', '12.6.1-1', '12.6.2-1', []],
    [
      'reproducible images of one package',
      'package_spec:',
      'package_spec:\n  lib: { reproducible: true }',
      ['lib-debian12-cudnn-cuda12.4'],
    ],
    ['images that are not reproducible', '  multistage_image:', '  reproducible: false\n  multistage_image:', []],
    ['a label that the axis has anyway', 'axis_labels: {}', 'axis_labels: { PY: py }', []],
  ])('%s', (_, before, after, expected) => {
    const [old, edited] = [digests(manifest), digests(manifest.replace(before, after))];
    const changed = [...edited].flatMap(([name, digest]) => (old.has(name) && old.get(name) !== digest ? [name] : []));
    const gone = [...old.keys()].filter((name) => !edited.has(name)).map((name) => `-${name}`);
    const added = [...edited.keys()].filter((name) => !old.has(name)).map((name) => `+${name}`);
    expect([...changed, ...gone, ...added]).toEqual(expected);
  });
});
