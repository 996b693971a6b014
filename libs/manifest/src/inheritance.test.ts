import { imagesOf, minimal, diagnose, summary } from '../test/minimal.ts';
import { expandImages } from './expand/expand-images.ts';
import { parseManifest } from './parse-manifest.ts';

const cuda = 'cuda_dependencies: {11.3.1: {cudart: 11.3.109-1, cudnn8: 8.2-1}, 11.8.0: {cudart: 11.8.89-1}}\n';

function last(text: string) {
  return imagesOf(text).at(-1)!;
}

describe('a release', () => {
  it('inherits what it does not set from release_spec, merged or not', () => {
    const { variables } = last(`release_spec: {header: h, envars: [A=b=c, D=], add_to_tags: other}\n${minimal}`);
    expect(variables).toMatchObject({
      header: 'h',
      add_to_tags: 'slim',
      envars: [
        { name: 'A', value: 'b=c' },
        { name: 'D', value: '' },
      ],
    });
  });

  it.each(['header', 'envars', 'cuda_requires'])('switches off %s with an empty value', (key) => {
    const text = `${cuda}release_spec: {header: h, envars: [A=b], cuda: 11.3.1, cuda_prefix_url: u, cuda_requires: r}\n${minimal.replace('runtime', 'cudnn')}      ${key}:\n`;
    const { variables } = last(text);
    expect([variables.header ?? 'off', variables.envars.length || 'off', variables.cuda?.requires ?? 'off']).toContain(
      'off',
    );
  });

  it('switches off CUDA with an empty value', () => {
    expect(
      summary(
        diagnose(
          `${cuda}release_spec: {cuda: 11.3.1, cuda_prefix_url: u}\n${minimal.replace('runtime', 'cudnn')}      cuda:\n`,
        ),
      ),
    ).toEqual(['cuda-not-available 6:13']);
  });

  it('prefers its own keys to merged ones, and the first of several merges', () => {
    const text = `x-a: &a {header: a, cuda_requires: a}\nx-b: &b {header: b, base_image: b}\n${minimal}      <<: [*a, *b]\n`;
    expect(last(text).variables).toMatchObject({ header: 'a', base_image: 'debian:bookworm-slim' });
  });
});

describe('settings of several levels', () => {
  const levels = `
release_spec: {args: {A: spec, B: spec, C: spec, D: spec, GONE: spec}, labels: {a: spec}, platforms: [linux/amd64]}
release_types: {runtime: {args: {C: type, D: type}, platforms: [linux/arm64]}}
package_spec: {app: {args: {D: package}, labels: {b: package}}}
${minimal}      args: {B: release, C: release, D: release, GONE: }
`;

  it('override each other: release_spec, release, release type, package', () => {
    expect(last(levels)).toMatchObject({
      args: { A: 'spec', B: 'release', C: 'type', D: 'package' },
      labels: { a: 'spec', b: 'package' },
      platforms: ['linux/arm64'],
    });
  });

  it('drop an argument that a stronger level leaves empty', () => {
    expect(last(levels).args).not.toHaveProperty('GONE');
  });

  it('are the same whether or not a release merges release_spec', () => {
    const merged = levels
      .replace('release_spec:', 'release_spec: &spec')
      .replace('add_to_tags: slim', 'add_to_tags: slim\n      <<: *spec');
    expect(imagesOf(merged).map(({ args, labels, platforms }) => [args, labels, platforms])).toEqual(
      imagesOf(levels).map(({ args, labels, platforms }) => [args, labels, platforms]),
    );
  });

  it('keep secrets unchanged', () => {
    const image = last(`package_spec: {app: {secrets: [{id: pip, env: PIP_TOKEN}]}}\n${minimal}`);
    expect(image.secrets).toEqual([{ id: 'pip', env: 'PIP_TOKEN' }]);
  });
});

describe('tests', () => {
  const pathsOf = (text: string): string[][] => imagesOf(text).map(({ tests }) => tests.map(({ path }) => path));

  it('of all levels add up, weakest first and each once', () => {
    const text = `release_spec: { tests: [a.yaml, "{{ package }}.yaml"] }
release_types: { runtime: { tests: [b.yaml, [a.yaml]] } }
package_spec: { app: { tests: ["{% if release_type == 'base' %}base.yaml{% endif %}"] } }
${minimal}      tests: [c.yaml]
`;
    expect(pathsOf(text)).toEqual([
      ['a.yaml', 'app.yaml', 'c.yaml', 'base.yaml'],
      ['a.yaml', 'app.yaml', 'c.yaml', 'b.yaml'],
    ]);
  });

  it.each(['tests:', 'tests: null'])('are switched off by `%s`', (tests) => {
    expect(pathsOf(`release_spec: { tests: [a.yaml] }\n${minimal}      ${tests}\n`)).toEqual([[], []]);
  });

  it('are relative to the manifest', () => {
    const { manifest } = parseManifest(`${minimal}      tests: [t.yaml, ../shared/t.yaml]\n`, 'sub/manifest.yml');
    const [image] = expandImages(manifest!, {}).images;
    expect(image!.tests.map(({ path }) => path)).toEqual(['sub/t.yaml', 'shared/t.yaml']);
  });

  it.each([
    ['/etc/passwd', 'is not a relative path'],
    ['../../out.yaml', 'leads out of the workspace'],
    ['a\\\\b.yaml', 'has a backslash'],
    ['{{ nothing }}', 'undefined variable: nothing'],
    ['{% if %}', ''],
  ])('must not be %s', (path, message) => {
    const { manifest } = parseManifest(`${minimal}      tests: ["${path}"]\n`, 'manifest.yml');
    const { diagnostics } = expandImages(manifest!, {});
    expect(diagnostics[0]).toMatchObject({ code: 'missing-test', line: minimal.split('\n').length });
    expect(diagnostics[0]!.message).toContain(message);
  });

  it.each(['tests: a.yaml', 'tests: {a: b}', 'tests: [1]', 'tests: [{a: b}]'])('are paths, not `%s`', (tests) => {
    const { diagnostics } = parseManifest(`${minimal}      ${tests}\n`, 'manifest.yml');
    expect(diagnostics).toMatchObject([{ code: 'wrong-type' }]);
  });

  it('are ignored as x-tests', () => {
    expect(parseManifest(`${minimal}      x-tests: 1\n`, 'manifest.yml').diagnostics).toEqual([]);
  });
});

describe('CUDA of a release', () => {
  const release = minimal.replace('runtime', 'cudnn').concat('      cuda_prefix_url: debian12\n');

  it.each([
    ['a version', 'cuda: 11.3.1', ['dev-slim-cudnn']],
    ['a map of components', 'cuda: {cudnn8: 8.2-1, cudart: 11.3.109-1}', ['dev-slim-cudnn']],
    ['a list', 'cuda: [11.3.1, 11.8.0]', ['dev-cuda11.3.1-slim-cudnn', 'dev-cuda11.8.0-slim-cudnn']],
    ['a list of one', 'cuda: ["11.3.1"]', ['dev-cuda11.3.1-slim-cudnn']],
    [
      'a list of maps and lists',
      'cuda: [{cudart: 11.8.89-1}, [11.3.1]]',
      ['dev-cuda11.8.0-slim-cudnn', 'dev-cuda11.3.1-slim-cudnn'],
    ],
  ])('can be %s', (_, line, tags) => {
    const images = imagesOf(`${cuda}${release}      ${line}\n`).filter(({ releaseType }) => releaseType === 'cudnn');
    expect(images.flatMap((image) => image.tags)).toEqual(tags);
    for (const image of images) expect(image.name).toBe(`app-debian12-cudnn-cuda${image.cuda}`);
  });

  it('has no cuDNN if the version has none', () => {
    expect(last(`${cuda}${release}      cuda: 11.8.0\n`).variables.cuda).toMatchObject({
      cudnn: null,
      components: { cudart: '11.8.89-1' },
    });
  });

  it('can come from a mirror', () => {
    const images = imagesOf(`${cuda}${release}      cuda: 11.8.0\n`, {
      cudaRepositoryBase: 'http://mirror.test/nvidia/',
    });
    expect(images.at(-1)!.variables.cuda!.ml_repository_url).toBe(
      'http://mirror.test/nvidia/machine-learning/repos/debian12/x86_64',
    );
  });
});
