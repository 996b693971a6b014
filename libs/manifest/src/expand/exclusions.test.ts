import { diagnose, imagesOf, marked, minimal, summary } from '../../test/minimal.ts';
import { expandImages, parseManifest } from '../index.ts';

const matrix = `
cuda_dependencies:
  11.4.3: {cudart: 11.4.148-1}
  12.4.1: {cudart: 12.4.127-1}
release_spec:
  templates_dir: templates
  cuda_prefix_url: u
packages:
  app: {runtime: [debian, alpine], cudnn: [debian]}
  citestwheel: {runtime: [debian]}
releases:
  debian:
    12: {base_image: "debian:12", add_to_tags: d12, cuda: [11.4.3, 12.4.1], args: {PYTHON_VERSION: [3.11, 3.12]}}
    13: {base_image: "debian:13", add_to_tags: d13, cuda: 12.4.1, args: {PYTHON_VERSION: 3.12}}
  alpine:
    3.22: {base_image: "alpine:3.22", add_to_tags: alpine}
`;

const namesOf = (text: string): string[] => imagesOf(text).map(({ name }) => name);
const all = namesOf(matrix);

/** The images that an `exclude` leaves out. */
function leftOut(exclude: string, text = matrix): string[] {
  const names = new Set(namesOf(`${text}exclude: ${exclude}\n`));
  return namesOf(text).filter((name) => !names.has(name));
}

describe('exclude', () => {
  it.each([
    ['[{release_type: cudnn, cuda: 11.4.3, PYTHON_VERSION: 3.11}]', ['app-debian12-cudnn-cuda11.4.3-python3.11']],
    ['[{release_type: cudnn, distro: debian13}]', ['app-debian13-cudnn-cuda12.4.1']],
    [
      '[{cuda: 12.4.1, PYTHON_VERSION: [[3.12], "3.14"]}]',
      ['app-debian12-cudnn-cuda12.4.1-python3.12', 'app-debian13-cudnn-cuda12.4.1'],
    ],
    [
      '[[{cuda: 11.4.3}], [[{release_type: cudnn, distro: [debian13]}]]]',
      [
        'app-debian12-cudnn-cuda11.4.3-python3.11',
        'app-debian12-cudnn-cuda11.4.3-python3.12',
        'app-debian13-cudnn-cuda12.4.1',
      ],
    ],
    ['', []],
    ['[]', []],
    ['[{x-why: no driver, package: , distro: alpine}]', ['app-alpine3.22-base', 'app-alpine3.22-runtime']],
  ])('%s leaves out those images', (exclude, names) => {
    expect(leftOut(exclude)).toEqual(names);
  });

  it('takes the base image along that nothing starts from any more', () => {
    expect(leftOut('[{release_type: [runtime, cudnn], PYTHON_VERSION: 3.11}]')).toEqual(
      all.filter((name) => name.includes('python3.11')),
    );
    expect(leftOut('[{release_type: runtime, PYTHON_VERSION: 3.11}]')).toEqual([
      'app-debian12-runtime-python3.11',
      'citestwheel-debian12-base-python3.11',
      'citestwheel-debian12-runtime-python3.11',
    ]);
  });

  it('takes parents along that no package lists, and keeps those that one lists', () => {
    const types = `release_types: {middle: {from: base}, last: {from: middle}}\n`;
    const own = minimal.replace(
      'runtime: [debian]',
      'last: [debian]\n  lib: {middle: [debian], last: [debian]}\n  other: {runtime: [debian]}',
    );
    const names = expandImages(
      parseManifest(`${types}${own}exclude: [{release_type: last}]\n`, 'manifest.yml').manifest!,
      {},
    ).images.map(({ name }) => name);
    expect(names).toEqual([
      'lib-debian12-base',
      'lib-debian12-middle',
      'other-debian12-base',
      'other-debian12-runtime',
    ]);
  });

  it('compares with rendered values, and with values as the manifest spells them', () => {
    const text = `version: 1.2.3\n${minimal}      args: {V: ["{{ version }}-a", "{{ distro.id }}"], ONE: "{{ name }}"}\n`;
    expect(leftOut('[{V: 1.2.3-a}]', text)).toEqual(['app-debian12-base-v1.2.3-a', 'app-debian12-runtime-v1.2.3-a']);
    expect(leftOut('[{V: "{{ distro.id }}"}]', text)).toEqual([
      'app-debian12-base-vdebian12',
      'app-debian12-runtime-vdebian12',
    ]);
    expect(leftOut('[{release_type: runtime, ONE: app-debian12-runtime-vdebian12}]', text)).toEqual([
      'app-debian12-base-vdebian12',
      'app-debian12-runtime-vdebian12',
    ]);
  });

  it('leaves out a release type that the release has nothing for', () => {
    const text = matrix.replace('cudnn: [debian]', 'cudnn: [debian, alpine]');
    expect(summary(diagnose(text))).toEqual(['cuda-not-available 9:52']);
    expect(diagnose(`${text}exclude: [{release_type: cudnn, distro: alpine}]\n`)).toEqual([]);
  });

  it('works for names that JavaScript has a meaning for', () => {
    const text = `${minimal}      args: {__proto__: [a, b], constructor: [c]}\n`;
    expect(leftOut('[{__proto__: a, constructor: c}]', text)).toEqual([
      'app-debian12-base-__proto__a-constructorc',
      'app-debian12-runtime-__proto__a-constructorc',
    ]);
  });

  it('takes no time for many entries', () => {
    const values = Array.from({ length: 2_000 }, (_, index) => `v${index}`);
    const text = `${minimal}      args: {A: [${values.join()}]}\nexclude:\n${values
      .slice(1)
      .map((value) => `  - {A: ${value}}\n`)
      .join('')}`;
    expect(namesOf(text)).toEqual(['app-debian12-base-av0', 'app-debian12-runtime-av0']);
  }, 10_000);
});

describe('mistakes in exclude', () => {
  const cases: [what: string, exclude: string, code: string, text: string][] = [
    ['an entry without a condition', '[¦{}]', 'bad-exclusion', 'every image'],
    ['an entry with nothing but an extension', '[¦{x-a: b, package: }]', 'bad-exclusion', 'every image'],
    ['an unknown key', '[{¦pakage: app}]', 'unknown-key', '`pakage`'],
    ['the version of a distro', '[{distro: debian, ¦version: 12}]', 'unknown-key', '`version`'],
    ['__proto__', '[{¦__proto__: 1}]', 'unknown-key', '`__proto__`'],
    ['an unknown package', '[{package: ¦ap}]', 'unknown-package', '`ap`'],
    ['an unknown release type', '[{release_type: [runtime, ¦cudn]}]', 'unknown-release-type', '`cudn`'],
    ['an unknown distro', '[{distro: ¦debian11}]', 'unknown-distro', '`debian11`'],
    ['an unknown CUDA version', '[{cuda: ¦12.4.2}]', 'unknown-cuda-version', '`12.4.2`'],
    ['a map instead of a list', '¦{package: app}', 'wrong-type', 'must be a list'],
    ['a text instead of a map', '[¦app]', 'wrong-type', 'must be a map'],
    ['a map as a value', '[{package: ¦{a: b}}]', 'wrong-type', 'must be'],
    [
      'a parent of what stays',
      '[¦{release_type: base, distro: alpine}]',
      'bad-exclusion',
      '`app-alpine3.22-runtime` starts from it',
    ],
    ['an entry that leaves out nothing', '[¦{package: citestwheel, distro: alpine}]', 'unused-exclusion', 'no image'],
    ['a value that no image has', '[¦{PYTHON_VERSION: 3.13}]', 'unused-exclusion', 'no image'],
    ['a list of no values', '[¦{PYTHON_VERSION: []}]', 'unused-exclusion', 'no image'],
  ];

  it.each(cases)('%s is reported where it is', (_, exclude, code, message) => {
    const { text, line, column } = marked(`${matrix}exclude: ${exclude}\n`);
    expect(diagnose(text)).toMatchObject([{ code, line, column, message: expect.stringContaining(message) }]);
  });

  it('suggests the value that an argument has', () => {
    const [found] = diagnose(`${matrix}exclude: [{PYTHON_VERSION: 3.112}]\n`);
    expect(found).toMatchObject({ severity: 'warning', hint: 'did you mean `3.11`?' });
  });

  it('names a few of many children', () => {
    const [found] = diagnose(`${matrix}exclude: [{release_type: base, distro: debian12, package: app}]\n`);
    expect(found!.message).toMatch(/^this leaves out `app-debian12-base-python3.1[12]`, but .* start from it$/);
  });

  it('warns of a package that has no image left', () => {
    const found = diagnose(`${matrix}exclude: [{package: citestwheel}]\n`);
    expect(found).toMatchObject([
      { code: 'unused-exclusion', severity: 'warning', message: expect.stringContaining('`citestwheel`') },
    ]);
  });

  it('hide no other mistake, and cause none', () => {
    const same = matrix
      .replace('add_to_tags: d13', 'add_to_tags: d12')
      .replace('packages:', 'packages:\n  App: {runtime: [debian]}');
    expect(diagnose(`${same}exclude: [{distro: debian13}]\n`).map(({ code }) => code)).toEqual(['bad-reference']);
    expect(diagnose(`${same}exclude: [{distro: debain13}]\n`).map(({ code }) => code)).toEqual([
      'bad-reference',
      'unknown-distro',
    ]);
  });
});
