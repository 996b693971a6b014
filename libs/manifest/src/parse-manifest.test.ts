import { diagnose, imagesOf, minimal, summary } from '../test/minimal.ts';
import { parseManifest } from './index.ts';

const twelve = `version: 0.13.0
repository:
  docker.io:
    pwd: "hunter2!"
    registry:
      model-server: https://docker.io/bentoml/model-server
cuda_dependencies:
  11: &cuda
    cudart: latest
release_spec: &spec
  templates_dir: templates
  base_image: debian
  header: [no]
  colour: red
  envars: &envars
    - LANG
    - API_TOKEN=abc
  args:
    9LIVES: 1
  cuda: *cuda
packages:
  model-server:
    runtime: &distros
      - debian
      - debain
    devel:
      - *distros
  yatai-service:
    runtime: *distros
    devel: *distros
    debug: [debian]
releases:
  debian:
    10:
      <<: *spec
      add_to_tags: slim
    11:
      <<: *spec
      add_to_tags: slim
`;

describe('parseManifest', () => {
  it('reports all problems together, each once, and none that only follow from another', () => {
    expect(summary(diagnose(twelve))).toEqual([
      'bad-credential-name 4:10',
      'bad-reference 6:21',
      'bad-cuda-version 8:3',
      'bad-component-version 9:13',
      'wrong-type 13:11',
      'unknown-key 14:3',
      'bad-envar 16:7',
      'secret-in-build 17:7',
      'bad-arg 19:5',
      'unknown-distro 25:9',
      'unknown-release-type 31:5',
      'duplicate-tag 39:20',
    ]);
  });

  it('returns no manifest if there is an error', () => {
    expect(parseManifest(twelve, 'manifest.yml').manifest).toBeUndefined();
    expect(parseManifest(minimal, 'manifest.yml').manifest).toBeDefined();
  });

  it('suggests what was probably meant', () => {
    const [diagnostic] = diagnose(minimal.replace('[debian]', '[debain]'));
    expect(diagnostic).toMatchObject({
      message: '`releases` has no `debain`',
      hint: 'did you mean `debian`?',
      severity: 'error',
      file: 'manifest.yml',
    });
  });

  it('names both readings of an ambiguous distro', () => {
    const text = minimal
      .replace('[debian]', '[debian12]')
      .replace('  debian:', '  debian1:\n    2: {templates_dir: t, base_image: a}\n  debian:');
    expect(diagnose(text)[0]!.message).toBe('`debian12` can be read as `debian1` version `2` or `debian` version `12`');
  });

  it('names both images that share a tag, and how to distinguish them', () => {
    const text = `
cuda_dependencies:
  11.3.1: {cudart: 11.3.109-1}
  11.8.0: {cudart: 11.8.89-1}
release_types: {cudnn: {tags: ["{{ version }}-gpu"]}}
${minimal.replace('runtime', 'cudnn')}      cuda_prefix_url: debian12
      cuda: [11.3.1, 11.8.0]
`;
    expect(diagnose(text)[0]).toMatchObject({
      message: '`app:dev-gpu` is a tag of both `app-debian12-cudnn-cuda11.3.1` and `app-debian12-cudnn-cuda11.8.0`',
      hint: 'add `{{ cuda.version.full }}` to the tag',
    });
  });

  it('treats a misspelt key as the intended one, without follow-up errors', () => {
    const text = minimal.replace('releases:', 'relases:').replace('base_image', 'base-image');
    expect(summary(diagnose(text))).toEqual(['unknown-key 5:1', 'unknown-key 9:7']);
  });

  it.each(['a byte order mark', 'Windows line ends', 'a document start'])('reads a manifest with %s', (what) => {
    const texts = {
      'a byte order mark': `\ufeff${minimal}`,
      'Windows line ends': minimal.replaceAll('\n', '\r\n'),
      'a document start': `---${minimal}`,
    };
    expect(imagesOf(texts[what as keyof typeof texts]).map(({ name }) => name)).toEqual([
      'app-debian12-base',
      'app-debian12-runtime',
    ]);
  });

  it('counts columns without the byte order mark', () => {
    expect(summary(diagnose(`\ufeffpackages: @\nreleases: {}`))).toEqual(['yaml-syntax 1:11']);
  });

  it('ignores keys that begin with x- everywhere', () => {
    const text = minimal
      .replace('packages:', 'x-a: 1\npackages:\n  x-b: 2')
      .replace('    runtime', '    x-c: 3\n    runtime')
      .replace('releases:', 'releases:\n  x-d: 4')
      .replace('    12:', '    x-e: 5\n    12:\n      x-f: 6');
    expect(imagesOf(text)).toHaveLength(2);
  });

  it('treats empty optional sections as absent', () => {
    const text = `version:\nrepository:\nstaging:\ncuda_dependencies:\nrelease_spec:\nrelease_types:\npackage_spec:\n${minimal}`;
    expect(imagesOf(text)).toHaveLength(2);
  });
});
