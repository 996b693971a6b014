import { readFileSync } from 'node:fs';
import { expandImages, parseManifest } from '@nx-image-matrix/manifest';
import { migrateManifest } from './manifest.ts';

const seed = readFileSync(new URL('../../../../manifest/test/fixtures/seed.yml', import.meta.url), 'utf8');

const later = `
specs:
  repository: &repo { user: HUB_USERNAME, pwd: HUB_PASSWORD, urls: { api: x }, registry: { app: acme/app } }
  dependencies: { cuda: &none { cudart: , cudnn8: } }
  releases: &spec
    templates_dir: templates/debian
    base_image: debian:buster-slim
    add_to_tags: slim
    multistage_image: True
    envars: [LANG=C.UTF-8]
    cuda: { <<: *none }
    cuda_prefix_url: ubuntu2004
repository: { docker.io: { <<: *repo } }
cuda: { 11.3.1: &cuda { <<: *none, cudart: 11.3.109-1, cudnn8: 8.2.0.53-1 } }
packages: { app: { runtime: [debian10, alpine3.10], cudnn: [debian10] } }
releases:
  debian10: { <<: *spec, cuda: { <<: *cuda } }
  alpine3.10: { <<: *spec, base_image: "alpine:3.10", add_to_tags: alpine3.10, cuda_prefix_url: , cuda: }
`;

describe('migrateManifest', () => {
  it.each<[string, string, number, string]>([
    ["the document's form", seed, 22, 'model-server:base-python3.8-slim'],
    [
      'the first form',
      seed
        .replace('cuda_dependencies:\n  11.3.1', 'header: |\n  # generated\ndependencies:\n cuda:\n  v11.3.1')
        .replaceAll('docker.io/bentoml/', 'bentoml/'),
      22,
      'model-server:base-python3.8-slim',
    ],
    ['the later form', later, 5, 'app:base-python3.8-alpine3.10'],
  ])('converts %s to a manifest without errors', (_, text, count, reference) => {
    const migrated = migrateManifest(text, ['3.8'], '0.13.1');
    const { manifest, diagnostics } = parseManifest(migrated.text, 'manifest.yml');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { images, diagnostics: found } = expandImages(manifest!, { outputDir: 'docker' });
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(images).toHaveLength(count);
    expect(images.map((image) => image.reference)).toContain(reference);
    expect(images[0]!.repositories[0]).toMatch(/^docker\.io\//);
  });

  it('lists what it left out, with its line', () => {
    expect(migrateManifest(later, ['3.8']).problems).toEqual([
      {
        line: 13,
        message: 'repository "docker.io": "urls" was left out; registries are asked by their own protocol',
      },
    ]);
  });

  it.each<[string, string, string, number[]]>([
    ['an unknown key of a release', 'add_to_tags: slim', 'add_to_tags: slim\n    maintainer: me', [9]],
    ['an unknown key at the top', 'packages:', 'nightly: true\npackages:', [15]],
    ['a version among envars', '[LANG=C.UTF-8]', '[LANG=C.UTF-8, PYTHON_VERSION=3]', [10]],
    ['a release without a version', 'alpine3.10: {', 'edge: {', [18]],
    ['components of no known CUDA version', '*cuda } }', '*cuda, cudart: 1-1 } }', [17, 17]],
    ['a key of a repository', '<<: *repo }', '<<: *repo, scan: yes }', [13]],
    [
      'a tag format with unknown parts',
      'releases: &spec',
      'tag: { fmt: "{os}-{release_type}" }\n  releases: &spec',
      [5],
    ],
  ])('lists %s', (_, before, after, lines) => {
    const { problems } = migrateManifest(later.replace('urls: { api: x }, ', '').replace(before, after), ['3.8']);
    expect(problems.map(({ line }) => line)).toEqual(lines);
  });

  it.each<[string, string, string, string]>([
    ['the components of the first form', 'cudart: 11.3.109-1', 'cudart: { version: 11.3.109-1 }', 'cudart: 11.3.109-1'],
    [
      'placeholders',
      'base_image: debian:buster-slim',
      'base_image: _',
      'release_spec:\n  templates_dir: templates/debian\n  add',
    ],
    ['a registry without only_if', '', '', 'only_if: HUB_PASSWORD'],
    [
      'a tag format',
      'releases: &spec',
      'tag: { fmt: "{suffixes}-{release_type}" }\n  releases: &spec',
      '- "{{ add_to_tags }}-{{ version }}-cudnn"',
    ],
    [
      'the first name of multistage_image',
      'multistage_image: True',
      'needs_deps_image: False',
      'multistage_image: false',
    ],
    ['one distro that is not in a list', 'cudnn: [debian10]', 'cudnn: debian10', 'cudnn:\n      - debian10'],
    ['envars as a map', '[LANG=C.UTF-8]', '{ LANG: C.UTF-8 }', '- LANG=C.UTF-8'],
    ['a prefix without CUDA that cudnn needs', 'cuda: { <<: *cuda }', 'cuda: ', 'cuda: 11.3.1'],
  ])('translates %s', (_, before, after, expected) => {
    expect(migrateManifest(later.replace(before, after), ['3.8']).text).toContain(expected);
  });

  it('refuses another file', () => {
    expect(() => migrateManifest('a: 1', [])).toThrow('not a BentoML manifest');
  });
});
