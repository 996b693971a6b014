import { imagesOf, minimal } from '../../test/minimal.ts';
import { expandImages, parseManifest } from '../index.ts';

function fromOf(text: string): Record<string, string> {
  return Object.fromEntries(imagesOf(text).map(({ name, from }) => [name, from]));
}

describe('parents', () => {
  it('are left out without multistage_image', () => {
    expect(fromOf(`${minimal}      multistage_image: False\n`)).toEqual({
      'app-debian12-runtime': 'debian:bookworm-slim',
    });
  });

  it('stay between other release types without multistage_image', () => {
    const text = `release_types: {debug: {from: runtime}}\n${minimal.replace('runtime:', 'debug:')}      multistage_image: False\n`;
    expect(fromOf(text)).toEqual({
      'app-debian12-runtime': 'debian:bookworm-slim',
      'app-debian12-debug': 'app:dev-slim-runtime',
    });
  });

  it('exist even if no package lists them', () => {
    const text = `release_types: {debug: {from: runtime}}\n${minimal.replace('runtime:', 'debug:')}`;
    expect(fromOf(text)).toEqual({
      'app-debian12-base': 'debian:bookworm-slim',
      'app-debian12-runtime': 'app:base-slim',
      'app-debian12-debug': 'app:dev-slim-runtime',
    });
  });

  it('have the CUDA version of their children', () => {
    const text = `cuda_dependencies: {11.3.1: {cudart: 11-1}, 11.8.0: {cudart: 12-1}}
release_types: {train: {from: cudnn, cuda: true}}
${minimal.replace('runtime:', 'train:')}      cuda: [11.3.1, 11.8.0]\n      cuda_prefix_url: u\n`;
    expect(fromOf(text)).toMatchObject({
      'app-debian12-train-cuda11.3.1': 'app:dev-cuda11.3.1-slim-cudnn',
      'app-debian12-train-cuda11.8.0': 'app:dev-cuda11.8.0-slim-cudnn',
    });
  });

  it('have the values of their children on their own axes', () => {
    const text = `release_spec: {args: {PYTHON_VERSION: [3.11, 3.12]}}
release_types: {runtime: {args: {FLAVOUR: [full]}}, devel: {args: {PYTHON_VERSION: 3.12}}}
${minimal.replace('runtime: [debian]', '{runtime: [debian], devel: [debian]}')}`;
    expect(fromOf(text)).toEqual({
      'app-debian12-base-python3.11': 'debian:bookworm-slim',
      'app-debian12-base-python3.12': 'debian:bookworm-slim',
      'app-debian12-runtime-python3.11-flavourfull': 'app:base-python3.11-slim',
      'app-debian12-runtime-python3.12-flavourfull': 'app:base-python3.12-slim',
      'app-debian12-devel': 'app:base-python3.12-slim',
    });
  });
});

describe('distros in packages', () => {
  const several = minimal.replace(
    '  debian:',
    '  debian:\n    13: {templates_dir: t, base_image: "debian:trixie", add_to_tags: trixie}',
  );

  it.each([
    ['[debian]', ['debian13', 'debian12']],
    ['[debian12]', ['debian12']],
    ['[[debian12], [[debian]], debian12]', ['debian13', 'debian12']],
    ['[]', []],
    ['', []],
  ])('%s are each image once', (list, ids) => {
    const images = imagesOf(several.replace('[debian]', list)).filter(({ releaseType }) => releaseType === 'runtime');
    expect(images.map(({ distro }) => distro.id)).toEqual(ids);
  });
});

describe('tags', () => {
  const tagsOf = (tags: string, more = ''): string[] =>
    imagesOf(`release_types: {runtime: {tags: ${tags}}}\n${minimal}${more}`, { version: '1.2.3' }).at(-1)!.tags;

  it.each([
    ['["{{ version }}-{{ distro.id }}"]', ['1.2.3-debian12']],
    ['["{{ image.package }}-{{ release_type }}"]', ['app-runtime']],
    ['["{{ args.A }}"]', ['b']],
    ['[a, "{% if cuda %}gpu{% endif %}", "{{ header }}"]', ['a']],
    ['[1.10]', ['1.10']],
    ['[a, a]', ['a']],
    ['["on-{{ from | split: \':\' | last }}"]', ['on-base-slim']],
    ['[a, "nightly-{{ run.date }}-{{run.sha}}"]', ['a', 'nightly-{{ run.date }}-{{ run.sha }}']],
    ['[a, "{{ run.short_sha }} {{run.full_sha}}"]', ['a', '{{ run.sha }}', '{{ run.full_sha }}']],
    ['[a, "{{ run.branch }}-{{ run.branch }}"]', ['a', '{{ run.branch }}-{{ run.branch }}']],
    [
      `[a, "x{{ run.date | date: '%Y-%m' }}y {{ run.date | date: '%H' }}"]`,
      ['a', 'x{{ run.date | date: "%Y-%m" }}y', '{{ run.date | date: "%H" }}'],
    ],
    [`[a, "{{ run.date | date: '%Y%m%d' }}"]`, ['a', '{{ run.date }}']],
    ['["{{ version }}  latest\\n{{ version }}-{{ distro.name }}"]', ['1.2.3', 'latest', '1.2.3-debian']],
    ['["{% for n in (1..3) %} v{{ n }} {% endfor %}"]', ['v1', 'v2', 'v3']],
    ['[[a, [b]], [[[c, a]]]]', ['a', 'b', 'c']],
  ])('%s are rendered', (tags, rendered) => {
    expect(tagsOf(tags, '      args: {A: b}\n')).toEqual(rendered);
  });

  it('say in full what a value of a run can be used for', () => {
    const { manifest } = parseManifest(`release_types: {runtime: {tags: [a, "{{ run | json }}"]}}\n${minimal}`, 'm');
    const [found] = expandImages(manifest!, {}).diagnostics;
    expect(found!.message).toContain('no filter but the `date` of `run.date`');
  });

  it('of an image are available in its labels', () => {
    expect(imagesOf(`${minimal}      labels: {tag: "{{ tags[0] }}"}\n`).at(-1)!.labels).toEqual({
      tag: 'dev-slim-runtime',
    });
  });

  it('lose empty parts with their dash', () => {
    expect(imagesOf(minimal.replace('add_to_tags: slim', 'add_to_tags: ""')).map(({ tags }) => tags)).toEqual([
      ['base'],
      ['dev-runtime'],
    ]);
  });

  it('fail with an error if rendering them does not end', () => {
    const { manifest } = parseManifest(
      `release_types: {runtime: {tags: ["{% for i in (1..100000000) %}{% for j in (1..100000000) %}{% endfor %}{% endfor %}"]}}\n${minimal}`,
      'm',
    );
    expect(expandImages(manifest!, {}).diagnostics.map(({ code }) => code)).toEqual(['bad-tag']);
  });
});

describe('the release version', () => {
  const text = `release_types: {base: {tags: [base, "base-{{ version }}"]}, devel: {from: runtime, floating_tags: ["v{{ version }}"]}}
${minimal.replace('runtime: [debian]', '{runtime: [debian], devel: [debian]}')}      args: {APP_VERSION: "{{ version }}", B: b}\n      labels: {v: "{{ args.APP_VERSION }}", w: b}\n`;

  it('is that of the caller, else that of the manifest, else dev', () => {
    const versions = [{ version: '2.0.0' }, {}].map(
      (options) => imagesOf(`version: 1.10\n${text}`, options)[0]!.variables.version,
    );
    expect([...versions, imagesOf(text)[0]!.variables.version]).toEqual(['2.0.0', '1.10', 'dev']);
    expect(expandImages(parseManifest(text, 'm').manifest!, {}).unversioned).toBe(true);
    expect(expandImages(parseManifest(text, 'm').manifest!, { version: '1' }).unversioned).toBe(false);
  });

  it('is tracked in everything that uses it', () => {
    const versioned = Object.fromEntries(imagesOf(text).map((image) => [image.releaseType, image.versioned]));
    expect(versioned).toEqual({
      base: ['version', 'args.APP_VERSION', 'tags', 'labels.v'],
      runtime: ['version', 'args.APP_VERSION', 'tags', 'labels.v'],
      devel: ['version', 'args.APP_VERSION', 'from', 'floatingTags', 'labels.v'],
    });
    expect(imagesOf(text).map(({ tagsUseVersion }) => tagsUseVersion)).toEqual([true, true, true]);
  });
});

describe('options', () => {
  it('add a prefix to project names and local references', () => {
    const [base, runtime] = imagesOf(minimal, { prefix: 'acme-' });
    expect(base).toMatchObject({
      name: 'acme-app-debian12-base',
      reference: 'acme-app:base-slim',
      dir: 'docker/app/debian12/base',
    });
    expect(runtime).toMatchObject({ parent: 'acme-app-debian12-base', from: 'acme-app:base-slim' });
  });

  it.each([['out/images'], ['./out/images/'], ['out//images']])('put project roots into %s', (outputDir) => {
    expect(imagesOf(minimal, { outputDir })[0]!.dir).toBe('out/images/app/debian12/base');
  });

  it('may not result in an invalid reference', () => {
    const { manifest } = parseManifest(minimal, 'm');
    expect(expandImages(manifest!, { prefix: 'Acme/' }).diagnostics).toMatchObject([
      { code: 'bad-reference', line: 3, column: 3 },
    ]);
  });
});

it('expands a thousand images', () => {
  const versions = Array.from(
    { length: 125 },
    (_, index) => `    ${index}: {templates_dir: t, base_image: a, add_to_tags: r${index}}`,
  );
  const { manifest } = parseManifest(
    `release_spec: {args: {PYTHON_VERSION: [3.10, 3.11, 3.12, 3.13], APP: "{{ version }}"}}
packages: {app: {runtime: [debian]}}
releases:\n  debian:\n${versions.join('\n')}\n`,
    'm',
  );
  expect(expandImages(manifest!, { version: '1.0.0' }).images).toHaveLength(1000);
});

it.each([
  ['a release', minimal, 8],
  [
    'release_spec',
    `release_spec: {templates_dir: templates}\n${minimal.trim()}`.replace(
      '      templates_dir: templates/debian\n',
      '',
    ),
    1,
  ],
])('images know where %s names the folder of their templates', (_, text, line) => {
  const [image] = imagesOf(text);
  expect(image!.templatesDirAt).toMatchObject({ file: 'manifest.yml', line });
});
