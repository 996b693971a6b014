import { diagnose, imagesOf, marked, minimal, summary } from '../../test/minimal.ts';

const spec = (text: string): string => `release_spec: ${text}\n`;
const argsOf = (text: string): Record<string, Record<string, string>> =>
  Object.fromEntries(
    imagesOf(text)
      .filter(({ releaseType }) => releaseType === 'runtime')
      .map(({ name, args }) => [name, args]),
  );

const versions = '{3.12: {VERSION: 3.12.13, SHA256: c08b}, 3.13: {VERSION: 3.13.9}, 3.14: }';

describe('an axis that is a map', () => {
  it('is one image for each key, with the arguments below it', () => {
    expect(argsOf(`${minimal}${spec(`{args: {PYTHON_VERSION: ${versions}, OTHER: x}}`)}`)).toEqual({
      'app-debian12-runtime-python3.12': { PYTHON_VERSION: '3.12', OTHER: 'x', VERSION: '3.12.13', SHA256: 'c08b' },
      'app-debian12-runtime-python3.13': { PYTHON_VERSION: '3.13', OTHER: 'x', VERSION: '3.13.9' },
      'app-debian12-runtime-python3.14': { PYTHON_VERSION: '3.14', OTHER: 'x' },
    });
  });

  it('makes the same images as a list of its keys', () => {
    const of = (axis: string): object[] =>
      imagesOf(`${minimal}${spec(`{args: {PYTHON_VERSION: ${axis}}}`)}`).map((image) => ({
        ...image,
        position: undefined,
        manifestArguments: undefined,
      }));
    expect(of('{3.10: , 3.9: {}}')).toEqual(of('[3.10, 3.9]'));
  });

  it('renders what is below a value as any argument', () => {
    const text = `version: 1.2.3\n${minimal}${spec('{args: {V: {a: {URL: "{{ version }}/{{ distro.id }}"}}}}')}`;
    const [, runtime] = imagesOf(text);
    expect(runtime).toMatchObject({
      args: { V: 'a', URL: '1.2.3/debian12' },
      versioned: ['version', 'args.URL', 'tags'],
    });
  });

  it('multiplies with other axes', () => {
    const names = Object.entries(argsOf(`${minimal}${spec('{args: {A: {x: {P: 1}, y: {P: 2}}, B: [u, v]}}')}`));
    expect(names.map(([name, { P }]) => `${name} ${P}`)).toEqual([
      'app-debian12-runtime-ax-bu 1',
      'app-debian12-runtime-ax-bv 1',
      'app-debian12-runtime-ay-bu 2',
      'app-debian12-runtime-ay-bv 2',
    ]);
  });

  it('gives the parent what it gives the child', () => {
    const images = imagesOf(`${minimal}${spec(`{args: {PYTHON_VERSION: ${versions}}}`)}`);
    expect(images.map(({ name, args, parent }) => [name, args['VERSION'], parent])).toEqual([
      ['app-debian12-base-python3.12', '3.12.13', undefined],
      ['app-debian12-base-python3.13', '3.13.9', undefined],
      ['app-debian12-base-python3.14', undefined, undefined],
      ['app-debian12-runtime-python3.12', '3.12.13', 'app-debian12-base-python3.12'],
      ['app-debian12-runtime-python3.13', '3.13.9', 'app-debian12-base-python3.13'],
      ['app-debian12-runtime-python3.14', undefined, 'app-debian12-base-python3.14'],
    ]);
  });

  it('finds a parent by an argument that comes with a value', () => {
    const types =
      'release_types: {base: {args: {SUITE: [old, new]}}, runtime: {args: {V: {1: {SUITE: old}, 2: {SUITE: new}}, SUITE: }}}\n';
    const found = imagesOf(`${minimal}${types}`).map(({ name, parent }) => `${name} < ${parent}`);
    expect(found).toEqual([
      'app-debian12-base-suiteold < undefined',
      'app-debian12-base-suitenew < undefined',
      'app-debian12-runtime-v1 < app-debian12-base-suiteold',
      'app-debian12-runtime-v2 < app-debian12-base-suitenew',
    ]);
  });

  it('works with an alias, a merge and extensions', () => {
    const text = `x-a: &a {3.12: &v {VERSION: 3.12.13}}\n${minimal}      args: {P: {<<: *a, 3.13: {<<: *v, x-note: why}, x-c: d}}\n`;
    expect(argsOf(text)).toEqual({
      'app-debian12-runtime-p3.13': { P: '3.13', VERSION: '3.12.13' },
      'app-debian12-runtime-p3.12': { P: '3.12', VERSION: '3.12.13' },
    });
  });

  it('has no trouble with names that JavaScript has a meaning for', () => {
    expect(argsOf(`${minimal}      args: {constructor: {__proto__: {__proto__: a, toString: b}}}\n`)).toEqual({
      'app-debian12-runtime-constructor__proto__': Object.fromEntries([
        ['constructor', '__proto__'],
        ['__proto__', 'a'],
        ['toString', 'b'],
      ]),
    });
  });

  it('is left out by what comes with a value', () => {
    const text = `${minimal}${spec(`{args: {PYTHON_VERSION: ${versions}}}`)}exclude: [{VERSION: 3.13.9}, {SHA256: c08b}]\n`;
    expect(Object.keys(argsOf(text))).toEqual(['app-debian12-runtime-python3.14']);
  });

  it('takes little time for a thousand values', () => {
    const map = Array.from({ length: 1_000 }, (_, at) => `v${at}: {V: "${at}", SHA: x}`).join(', ');
    expect(Object.keys(argsOf(`${minimal}      args: {A: {${map}}}\n`))).toHaveLength(1_000);
  }, 10_000);
});

describe('what wins over what comes with a value', () => {
  const winner = (weak: string, strong: string): string[] =>
    Object.values(argsOf(`${spec(`{args: ${weak}}`)}package_spec: {app: {args: ${strong}}}\n${minimal}`)).map(
      ({ V }) => `${V}`,
    );

  it.each([
    ['an argument of a stronger layer', '{P: {a: {V: 1}, b: {V: 2}}}', '{V: 9}', ['9', '9']],
    ['the removal in a stronger layer', '{P: {a: {V: 1}, b: {V: 2}}}', '{V: }', ['undefined', 'undefined']],
    ['not an argument of a weaker layer', '{V: 9}', '{P: {a: {V: 1}, b: }}', ['1', '9']],
    ['not an argument of a weaker layer, which it removes', '{V: 9}', '{P: {a: {V: }, b: }}', ['undefined', '9']],
    ['the axis of a stronger layer', '{P: {a: {V: 1}}}', '{P: {b: {V: 2}}}', ['2']],
    ['a list in a stronger layer', '{P: {a: {V: 1}}, V: 7}', '{P: [a]}', ['7']],
    ['a value of another axis in a stronger layer', '{P: {a: {V: 1}}}', '{Q: {b: {V: 2}}}', ['2']],
  ])('%s', (_, weak, strong, expected) => {
    const text = weak.includes('V: 7') ? weak.replace('{V: 1}', '{W: 1}') : weak;
    expect(winner(text, strong)).toEqual(expected);
  });

  it('not all arguments, where a stronger layer removes them', () => {
    expect(winner('{P: {a: {V: 1}}}', '')).toEqual(['undefined']);
  });
});

describe('platforms that come with a value', () => {
  const platforms = (text: string): string[] =>
    imagesOf(text)
      .filter(({ releaseType }) => releaseType !== 'base')
      .map((image) => `${image.axes.map(({ value }) => value).join(' ')}: ${image.platforms.join(' ')}`);
  const map = '{a: {platforms: [linux/amd64]}, b: {platforms: [linux/amd64, linux/arm64]}, c: }';

  it('are those of its images', () => {
    expect(platforms(`${minimal}${spec(`{args: {P: ${map}}}`)}`)).toEqual([
      'a: linux/amd64',
      'b: linux/amd64 linux/arm64',
      'c: ',
    ]);
    expect(platforms(`${minimal}${spec(`{platforms: [linux/s390x], args: {P: ${map}}}`)}`)).toEqual([
      'a: linux/amd64',
      'b: linux/amd64 linux/arm64',
      'c: linux/s390x',
    ]);
    expect(
      platforms(`${minimal}package_spec: {app: {platforms: [linux/s390x]}}\n${spec(`{args: {P: ${map}}}`)}`),
    ).toEqual(['a: linux/s390x', 'b: linux/s390x', 'c: linux/s390x']);
  });

  it('are what several values have in common', () => {
    const q = '{u: {platforms: [linux/arm64]}, v: }';
    expect(
      platforms(`${minimal}${spec(`{args: {P: {b: {platforms: [linux/amd64, linux/arm64]}}, Q: ${q}}}`)}`),
    ).toEqual(['b u: linux/arm64', 'b v: linux/amd64 linux/arm64']);
    const { text, line, column } = marked(
      `${minimal}${spec(`{args: {¦P: {a: {platforms: [linux/amd64]}}, Q: ${q}}}`)}`,
    );
    expect(diagnose(text)).toMatchObject([
      { code: 'bad-arg', line, column, message: '`P a`, `Q u` have no platform in common' },
    ]);
  });

  it('come with CUDA versions too', () => {
    const text = `
cuda_dependencies:
  11.4.3: {cudart: 11.4.148-1, platforms: [linux/amd64], requires: cuda>=11.4}
  12.4.1: {cudart: 12.4.127-1}
release_spec: {templates_dir: t, base_image: d, cuda_prefix_url: u, cuda_requires: cuda>=1, platforms: [linux/amd64, linux/arm64], cuda: [11.4.3, 12.4.1]}
packages: {app: {cudnn: [debian]}}
releases: {debian: {12: }}
`;
    expect(platforms(text)).toEqual(['11.4.3: linux/amd64', '12.4.1: linux/amd64 linux/arm64']);
    const cuda = imagesOf(text).flatMap(({ variables }) => variables.cuda ?? []);
    expect(cuda.map(({ requires }) => requires)).toEqual(['cuda>=11.4', 'cuda>=1']);
    expect(cuda.map(({ components }) => components)).toEqual([{ cudart: '11.4.148-1' }, { cudart: '12.4.127-1' }]);
  });
});

describe('`requires` and `platforms` of a CUDA version', () => {
  const text = (cuda: string): string => `
cuda_dependencies:
  11.4.3: &cuda {cudart: 11.4.148-1, platforms: [linux/amd64], requires: cuda>=11.4}
release_spec: {templates_dir: t, base_image: d, cuda_prefix_url: u}
packages: {app: {cudnn: [debian]}}
releases: {debian: {12: {cuda: ${cuda}}}}
`;

  it.each(['*cuda', '[*cuda]', '{cudart: 11.4.148-1}', '{<<: *cuda}', '{cudart: 11.4.148-1, requires: cuda>=11.4}'])(
    'are not compared as components: %s',
    (cuda) => {
      expect(imagesOf(text(cuda)).map(({ name }) => name)).toContain('app-debian12-cudnn-cuda11.4.3');
    },
  );

  it('have no effect in a release, which is an error', () => {
    const { text: wrong, line, column } = marked(text('{<<: *cuda, ¦requires: cuda>=12}'));
    expect(diagnose(wrong)).toMatchObject([{ code: 'unknown-key', line, column, hint: 'write it there' }]);
  });
});

describe('mistakes in a map of values', () => {
  it.each([
    ['no values', '{P: ¦{}}', 'bad-arg', 'no values'],
    ['a value that is not fit for tags', '{P: {¦"a b": }}', 'bad-arg', '`P`'],
    ['a name that is not one of an argument', '{P: {a: {¦a-b: c}}}', 'bad-arg', '`a-b`'],
    ['a list below a value', '{P: {a: {V: ¦[1, 2]}}}', 'wrong-type', '`V` must be a string'],
    ['a map below a value', '{P: {a: {V: ¦{b: c}}}}', 'wrong-type', '`V` must be a string'],
    ['a text in place of arguments', '{P: {a: ¦b}}', 'wrong-type', '`a` must be a map'],
    ['platforms that are not a list', '{P: {a: {platforms: ¦linux/amd64}}}', 'wrong-type', 'must be a list'],
    ['an argument of the same layer', '{P: {a: {¦V: 1}}, V: 2}', 'bad-arg', 'a value of `P` sets `V`, which line'],
    ['its own axis', '{P: {a: {¦P: 1}}}', 'bad-arg', 'a value of `P` sets `P`, which line'],
    ['two axes that differ', '{P: {a: {V: 1}}, Q: {b: {¦V: 2}}}', 'bad-arg', 'sets by a value of `P` too'],
    ['a broken Liquid string', '{P: {a: {V: ¦"{{ nothing }}"}}}', 'bad-arg', 'undefined variable: nothing'],
  ])('%s', (_, args, code, message) => {
    const { text, line, column } = marked(`${minimal}      args: ${args}\n`);
    expect(diagnose(text)).toMatchObject([{ code, line, column, message: expect.stringContaining(message) }]);
  });

  it('a credential', () => {
    const found = diagnose(`${minimal}      args: {P: {a: {PIP_TOKEN: hunter2}}}\n`);
    expect(summary(found)).toEqual([expect.stringMatching(/^secret-in-build/)]);
    expect(found[0]).toMatchObject({ conceal: true });
  });

  it('an axis of a weaker layer', () => {
    const { text, line, column } = marked(
      `${spec('{args: {V: [1, 2]}}')}package_spec: {app: {args: {P: {a: {¦V: 1}}}}}\n${minimal}`,
    );
    expect(diagnose(text)).toMatchObject([
      { code: 'bad-arg', line, column, message: 'a value of `P` cannot set `V`, which is an axis' },
    ]);
  });

  it('a parent that needs an argument which not every value brings', () => {
    const types =
      'release_types: {base: {args: {SUITE: [old]}}, runtime: {args: {V: {1: {SUITE: old}, 2: }, SUITE: }}}\n';
    expect(diagnose(`${minimal}${types}`)).toMatchObject([{ code: 'bad-parent' }]);
  });

  it('an argument that is removed where it is inherited is none', () => {
    expect(
      Object.values(
        argsOf(`${spec('{args: {V: 9}}')}package_spec: {app: {args: {V: , P: {a: {V: 1}, b: }}}}\n${minimal}`),
      ),
    ).toEqual([{ P: 'a', V: '1' }, { P: 'b' }]);
  });

  it('two axes that agree are none', () => {
    expect(diagnose(`${minimal}      args: {P: {a: {V: 1}}, Q: {b: {V: 1}}}\n`)).toEqual([]);
  });
});
