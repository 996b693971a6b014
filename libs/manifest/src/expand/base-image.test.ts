import { diagnose, imagesOf, marked } from '../../test/minimal.ts';

const manifest = (parts: string, release = ''): string => `
version: 1.2.3
packages: {app: {runtime: [debian]}, tool: {devel: [debian12]}}
releases: {debian: {12: {${release}templates_dir: t}}}
${parts}
`;
const basesOf = (text: string): string[] => imagesOf(text).map(({ name, from }) => `${name} < ${from}`);

describe('base_image', () => {
  it('of release_types and package_spec goes before that of releases', () => {
    const found = basesOf(
      manifest(
        'release_spec: {base_image: weak}\nrelease_types: {base: {base_image: "golang:1"}}\npackage_spec: {app: {base_image: "python:3"}}',
      ),
    );
    expect(found).toEqual([
      'app-debian12-base < python:3',
      'app-debian12-runtime < app:base',
      'tool-debian12-base < golang:1',
      'tool-debian12-devel < tool:base',
    ]);
  });

  it('is needed only where an image has no parent', () => {
    expect(basesOf(manifest('release_types: {base: {base_image: d}}'))).toHaveLength(4);
    expect(basesOf(manifest('package_spec: {app: {base_image: d}, tool: {base_image: e}}'))).toHaveLength(4);
    expect(diagnose(manifest('package_spec: {app: {base_image: d}}'))).toMatchObject([
      { code: 'missing-key', message: 'debian12 has no `base_image`, and inherits none from `release_spec`' },
    ]);
    expect(diagnose(manifest('release_types: {runtime: {base_image: d}}'))).toMatchObject([{ code: 'missing-key' }]);
    expect(
      basesOf(
        manifest('release_types: {runtime: {base_image: d}, devel: {base_image: e}}', 'multistage_image: False, '),
      ),
    ).toEqual(['app-debian12-runtime < d', 'tool-debian12-devel < e']);
  });

  it('that a stronger level removes is missing', () => {
    expect(diagnose(manifest('release_spec: {base_image: d}\npackage_spec: {app: {base_image: }}'))).toMatchObject([
      { code: 'missing-key', message: expect.stringContaining('`base_image` for `base` of `app`') },
    ]);
  });

  it('may be Liquid over arguments, vars, CUDA and the distro', () => {
    const text = `
version: 1.2.3
cuda_dependencies: {12.4.1: {cudart: 1}, 12.6.3: {cudart: 2}}
packages: {app: {cudnn: [debian]}}
release_types: {cudnn: {from: , base_image: "nvidia/cuda:{{ cuda.version.full }}-{{ vars.kind }}-{{ distro.id }}{{ args.SUFFIX }}"}}
release_spec: {templates_dir: t, cuda: [12.4.1, 12.6.3], cuda_prefix_url: u, vars: {kind: base}, args: {SUFFIX: ["-a", "-b"]}, multistage_image: False}
releases: {debian: {12: }}
`;
    expect(basesOf(text)).toEqual([
      'app-debian12-cudnn-cuda12.4.1-suffix-a < nvidia/cuda:12.4.1-base-debian12-a',
      'app-debian12-cudnn-cuda12.4.1-suffix-b < nvidia/cuda:12.4.1-base-debian12-b',
      'app-debian12-cudnn-cuda12.6.3-suffix-a < nvidia/cuda:12.6.3-base-debian12-a',
      'app-debian12-cudnn-cuda12.6.3-suffix-b < nvidia/cuda:12.6.3-base-debian12-b',
    ]);
    for (const { variables, baseImage } of imagesOf(text)) expect(variables.base_image).toBe(baseImage);
  });

  it('with the release version makes what reads it depend on that', () => {
    const [base, runtime] = imagesOf(manifest('release_spec: {base_image: "debian:{{ version }}"}'));
    expect(base?.versioned).toEqual(['version', 'base_image', 'from']);
    expect(runtime?.versioned).toEqual(['version', 'base_image', 'tags']);
  });

  it('is the same variable in the same place, with or without Liquid', () => {
    const keys = (base: string): string[] =>
      Object.keys(imagesOf(manifest(`release_spec: {base_image: ${base}}`))[0]!.variables);
    expect(keys('"{{ distro.name }}"')).toEqual(keys('debian'));
  });
});

describe('mistakes in base_image', () => {
  it.each([
    ['a text that is no reference', '¦"Debian:12"', '`Debian:12` is not a reference'],
    ['Liquid that is no reference', '¦"{{ distro.id | upcase }}"', 'it renders to `DEBIAN12`'],
    ['Liquid that is nothing', '¦"{% if false %}x{% endif %}"', 'it renders to ``'],
    ['an unknown variable', '¦"{{ args.X }}"', 'undefined variable: args.X'],
    ['itself', '¦"{{ base_image }}"', 'undefined variable: base_image'],
    ['its own parent', '¦"{{ from }}"', 'undefined variable: from'],
    ['broken Liquid', '¦"{{ distro.id"', '`base_image`: '],
  ])('%s', (_, base, message) => {
    for (const place of ['release_spec: {base_image: %}', 'release_types: {base: {base_image: %}}']) {
      const { text, line, column } = marked(manifest(place.replace('%', base)));
      const [first] = diagnose(text);
      expect(first).toMatchObject({ code: 'bad-reference', line, column, message: expect.stringContaining(message) });
    }
  });

  it('an argument that reads a base image which reads arguments', () => {
    const text = manifest('release_spec: {base_image: "debian:{{ args.A }}", args: {A: "{{ base_image }}"}}');
    expect(diagnose(text)).toMatchObject([{ code: 'bad-arg' }, { code: 'bad-reference' }]);
  });

  it.each(['[a]', '{a: b}', '12'])('%s is not a text', (base) => {
    expect(
      diagnose(manifest(`release_spec: {base_image: d}\npackage_spec: {app: {base_image: ${base}}}`)),
    ).toMatchObject([{ code: 'wrong-type' }]);
  });
});
