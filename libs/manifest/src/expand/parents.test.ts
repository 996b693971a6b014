import { diagnose, imagesOf, marked, summary } from '../../test/minimal.ts';

const manifest = (types: string, packages: string, more = ''): string => `
release_spec: {templates_dir: t, base_image: d}
release_types: ${types}
packages: ${packages}
releases: {debian: {11: {add_to_tags: d11}, 12: {add_to_tags: d12}}}
${more}
`;
const parentsOf = (text: string): string[] => imagesOf(text).map(({ name, parent }) => `${name} < ${parent ?? ''}`);

const types = '{core: , base2: {from: core}, desktop: {from: ros/base2}}';

describe('a parent in another package', () => {
  it('is on the same release, and is built where no package lists it', () => {
    expect(parentsOf(manifest(types, '{osrf/ros: {desktop: [debian12]}, ros: {base2: [debian11]}}'))).toEqual([
      'ros-debian12-core < ',
      'ros-debian12-base2 < ros-debian12-core',
      'osrf-ros-debian12-desktop < ros-debian12-base2',
      'ros-debian11-base < ',
      'ros-debian11-core < ',
      'ros-debian11-base2 < ros-debian11-core',
    ]);
  });

  it('may start from the base image of its package', () => {
    const found = parentsOf(
      manifest('{view: {from: kit/runtime}}', '{kit: {devel: [debian12]}, desk: {view: [debian12]}}'),
    );
    expect(found).toEqual([
      'kit-debian12-base < ',
      'kit-debian12-devel < kit-debian12-base',
      'kit-debian12-runtime < kit-debian12-base',
      'desk-debian12-view < kit-debian12-runtime',
    ]);
  });

  it('has the values of axes that both have, and what is of its package', () => {
    const text = manifest(
      '{image: {args: {A: [1, 2]}}, view: {from: kit/image, args: {A: [2, 3], B: [x]}}}',
      '{kit: {image: [debian12]}, desk: {view: [debian12]}}',
      'package_spec: {kit: {base_image: golang}, desk: {base_image: other}}',
    );
    expect(parentsOf(text.replace('base_image: d}', 'base_image: d, multistage_image: False}'))).toEqual([
      'kit-debian12-image-a1 < ',
      'kit-debian12-image-a2 < ',
      'kit-debian12-image-a3 < ',
      'desk-debian12-view-a2-bx < kit-debian12-image-a2',
      'desk-debian12-view-a3-bx < kit-debian12-image-a3',
    ]);
    expect(imagesOf(text).find(({ name }) => name.startsWith('kit'))?.baseImage).toBe('golang');
  });

  it('has the CUDA version of the child', () => {
    const text = `
cuda_dependencies: {12.4.1: {cudart: 1}, 12.6.3: {cudart: 2}}
release_spec: {templates_dir: t, base_image: d, cuda: [12.4.1, 12.6.3], cuda_prefix_url: u, multistage_image: False}
release_types: {gpu: {cuda: true}, train: {from: kit/gpu, cuda: true}}
packages: {desk: {train: [debian]}, kit: {gpu: [debian]}}
releases: {debian: {12: }}
`;
    expect(parentsOf(text).slice(2)).toEqual([
      'desk-debian12-train-cuda12.4.1 < kit-debian12-gpu-cuda12.4.1',
      'desk-debian12-train-cuda12.6.3 < kit-debian12-gpu-cuda12.6.3',
    ]);
  });

  it('leaves out what is excluded, and refuses to leave out what a child needs', () => {
    const text = manifest(types, '{ros: {base2: [debian]}, osrf/ros: {desktop: [debian]}}');
    expect(parentsOf(`${text}exclude: [{package: osrf/ros, distro: debian11}]\n`)).not.toContainEqual(
      expect.stringContaining('osrf-ros-debian11'),
    );
    const found = diagnose(`${text}exclude: [{package: ros, distro: debian11}]\n`);
    expect(found.map(({ code }) => code)).toContain('bad-exclusion');
    expect(found[0]?.message).toContain('`osrf-ros-debian11-desktop`');
  });
});

describe('mistakes in a parent of another package', () => {
  const packages = '{ros: {base2: [debian12]}, osrf/ros: {desktop: [debian12]}}';

  it.each([
    ['an unknown package', 'desktop: {from: ¦rso/base2}', 'unknown-package', '`rso`'],
    ['an unknown release type', 'desktop: {from: ¦ros/bse2}', 'unknown-release-type', '`bse2`'],
    ['a release type with CUDA', 'desktop: {from: ¦ros/cudnn}', 'bad-parent', 'starts from `ros/cudnn`'],
    ['itself', 'desktop: {from: ¦osrf/ros/desktop}', 'image-cycle', '`desktop` -> `osrf/ros/desktop`'],
    ['nothing before the slash', 'desktop: {from: ¦/base2}', 'unknown-package', '``'],
  ])('%s', (_, desktop, code, message) => {
    const { text, line, column } = marked(manifest(`{core: , base2: {from: core}, ${desktop}}`, packages));
    expect(diagnose(text)).toMatchObject([{ code, line, column, message: expect.stringContaining(message) }]);
  });

  it('a circle over packages', () => {
    const text = manifest('{base2: {from: osrf/ros/desktop}, desktop: {from: ros/base2}}', packages);
    const message = 'these release types start from each other: `base2` -> `osrf/ros/desktop` -> `ros/base2`';
    expect(diagnose(text)).toMatchObject([{ code: 'image-cycle', message }]);
  });

  it('an axis that the child does not have', () => {
    const text = manifest('{base2: {args: {A: [1, 2]}}, desktop: {from: ros/base2}}', packages);
    expect(diagnose(text)).toMatchObject([
      { code: 'bad-parent', message: expect.stringContaining('`ros/base2` is one image for each `A`') },
    ]);
  });
});

describe('a repository of a release type', () => {
  const registry = (keys: string): string =>
    manifest(
      types,
      '{ros: {base2: [debian12]}, osrf/ros: {desktop: [debian12]}}',
      `repository: {r: {registry: {${keys}}}}`,
    );
  const repositories = (keys: string): string[] =>
    imagesOf(registry(keys)).flatMap(({ package: pkg, releaseType, repositories: [first] }) =>
      first === undefined ? [] : [`${pkg} ${releaseType} ${first}`],
    );

  it('goes before that of the package', () => {
    expect(repositories('ros: x.io/ros, ros/core: x.io/core, osrf/ros: x.io/osrf/ros')).toEqual([
      'ros base x.io/ros',
      'ros core x.io/core',
      'ros base2 x.io/ros',
      'osrf/ros desktop x.io/osrf/ros',
    ]);
    expect(repositories('ros: x.io/ros, ros/base: , osrf/ros/desktop: x.io/a')).toEqual([
      'ros core x.io/ros',
      'ros base2 x.io/ros',
      'osrf/ros desktop x.io/a',
    ]);
  });

  it.each([
    ['an unknown type', 'ros: x.io/a, osrf/ros: x.io/b, ¦ros/cre: x.io/c', 'unknown-release-type'],
    ['an unknown package', 'ros: x.io/a, osrf/ros: x.io/b, ¦rso/core: x.io/c', 'unknown-package'],
  ])('%s is an error', (_, keys, code) => {
    const { text, line, column } = marked(registry(keys));
    expect(summary(diagnose(text))).toEqual([`${code} ${line}:${column}`]);
  });

  it('that may be a package too is an error', () => {
    const text = manifest(
      '{core: }',
      '{osrf: {core: [debian12]}, osrf/core: {core: [debian12]}}',
      'repository: {r: {registry: {osrf: x.io/a, osrf/core: x.io/b}}}',
    );
    expect(diagnose(text)).toMatchObject([{ code: 'ambiguous-package' }]);
  });
});

describe('a package with a slash', () => {
  it('has a slash in its folders and references, and none in its projects', () => {
    const [base] = imagesOf(manifest('{}', '{osrf/ros: {runtime: [debian12]}}'));
    expect(base).toMatchObject({
      name: 'osrf-ros-debian12-base',
      dir: 'docker/osrf/ros/debian12/base',
      reference: 'osrf/ros:base-d12',
    });
  });

  it('cannot get a registry from the prefix', () => {
    const text = manifest('{}', '{osrf/ros: {runtime: [debian12]}}');
    expect(diagnose(text, { prefix: 'acme.' })).toMatchObject([{ code: 'bad-reference' }]);
    expect(diagnose(text, { prefix: 'acme-' })).toEqual([]);
    expect(diagnose(text, { prefix: 'x.io/' })).toEqual([]);
  });

  it('has projects of its own', () => {
    const text = manifest('{}', '{osrf/ros: {runtime: [debian12]}, osrf-ros: {runtime: [debian12]}}');
    expect(diagnose(text)).toMatchObject([{ code: 'duplicate-image' }]);
  });

  it('has folders of its own', () => {
    const text = manifest('{}', '{app: {runtime: [debian12]}, app/debian12/base: {runtime: [debian12]}}');
    expect(diagnose(text)).toMatchObject([
      { code: 'duplicate-image', message: expect.stringContaining('is in that of `app-debian12-base`') },
    ]);
  });

  it('has no parent in a package with errors, which are reported alone', () => {
    const text = manifest(
      '{base2: , desktop: {from: ros/base2}}',
      '{ros: {base2: [debian12]}, osrf/ros: {desktop: [debian12]}}',
      'package_spec: {ros: {args: [1]}}',
    );
    expect(diagnose(text)).toMatchObject([{ code: 'wrong-type' }]);
  });
});

it.each(['""', 'a/b', '..', '.', 'a.', '"a b"', 'con'])('a template cannot be called %s', (name) => {
  const { text, line, column } = marked(manifest(`{core: {template: ¦${name}}}`, '{app: {core: [debian12]}}'));
  expect(summary(diagnose(text))).toEqual([`bad-reference ${line}:${column}`]);
});

it.each(['a/', '/a', 'a//b', 'a/B', 'a/../b', 'a/con', 'x.io/a', 'localhost/a', 'library/a'])(
  'a package cannot be called %s',
  (name) => {
    expect(diagnose(manifest('{}', `{"${name}": {runtime: [debian12]}}`)).map(({ code }) => code)).toContain(
      'bad-reference',
    );
  },
);
