import { diagnose, minimal } from '../test/minimal.ts';
import { parseManifest } from './index.ts';

function retentionOf(section: string) {
  const { manifest, diagnostics } = parseManifest(minimal + section, 'manifest.yml');
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(manifest!.retention);
}

describe('retention', () => {
  it('has the pattern and the number of each release type', () => {
    const section =
      'retention: {x-note: hi, devel: {keep: 14, pattern: "*-nightly-*"}, runtime: {keep: 1, pattern: "*"}}\n';
    expect(retentionOf(section)).toEqual({
      devel: { keep: 14, pattern: '*-nightly-*' },
      runtime: { keep: 1, pattern: '*' },
    });
  });

  it.each([
    ['is not there', ''],
    ['has nothing after it', 'retention:\n'],
    ['has a release type with nothing after it', 'retention: {devel: }\n'],
  ])('is off if it %s', (_, section) => {
    expect(retentionOf(section)).toEqual({});
  });

  it('may be of a release type that the manifest adds', () => {
    const types = 'release_types: {debug: {from: runtime}}\n';
    expect(retentionOf(`${types}retention: {debug: {keep: 2, pattern: pr-?}}\n`)).toEqual({
      debug: { keep: 2, pattern: 'pr-?' },
    });
  });

  it.each([
    ['a list', '[devel]', 'wrong-type | `retention` must be a map, found a list'],
    [
      'a release type that is none',
      '{devl: {keep: 1, pattern: a}}',
      'unknown-release-type | there is no release type `devl`',
    ],
    [
      'a prototype name',
      '{constructor: {keep: 1, pattern: a}}',
      'unknown-release-type | there is no release type `constructor`',
    ],
    ['no pattern', '{devel: {keep: 1}}', 'missing-key | `pattern` is missing in `devel`'],
    ['no number', '{devel: {pattern: a}}', 'missing-key | `keep` is missing in `devel`'],
    [
      'a number of none',
      '{devel: {keep: 0, pattern: a}}',
      'wrong-type | `keep` must be 1 or more, found the number `0`',
    ],
    [
      'half a number',
      '{devel: {keep: 1.5, pattern: a}}',
      'wrong-type | `keep` must be a whole number, found the number `1.5`',
    ],
    [
      'a number in words',
      '{devel: {keep: 14d, pattern: a}}',
      'wrong-type | `keep` must be a whole number, found `14d`',
    ],
    [
      'an empty pattern',
      '{devel: {keep: 1, pattern: ""}}',
      'wrong-type | `pattern` must look like `*-nightly-*`, found ``',
    ],
    [
      'a repository',
      '{devel: {keep: 1, pattern: "acme/app:*"}}',
      'wrong-type | `pattern` must look like `*-nightly-*`, found `acme/app:*`',
    ],
    [
      'Liquid',
      '{devel: {keep: 1, pattern: "{{ package }}-*"}}',
      'wrong-type | `pattern` must look like `*-nightly-*`, found `{{ package }}-*`',
    ],
    ['an age', '{devel: {keep: 1, pattern: a, days: 3}}', 'unknown-key | unknown key `days` in `devel`'],
  ])('is refused with %s', (_, section, problem) => {
    expect(diagnose(`${minimal}retention: ${section}\n`).map(({ code, message }) => `${code} | ${message}`)).toEqual([
      problem,
    ]);
  });
});

describe('`keep` of staging', () => {
  const days = (keep: string) => parseManifest(`${minimal}staging: {repository: r.io/s, ${keep}}\n`, 'manifest.yml');

  it.each([
    ['keep: 7', 7],
    ['keep: ', 30],
    ['x-note: hi', 30],
  ])('of %j is %i days', (keep, expected) => {
    expect(days(keep).manifest!.staging!.keep).toBe(expected);
  });

  it.each([['keep: 0'], ['keep: 30d'], ['keep: -1'], ['keep: [30]'], ['keep: 40000']])('cannot be %s', (keep) => {
    expect(days(keep).diagnostics).toMatchObject([{ code: 'wrong-type', message: expect.stringContaining('`keep`') }]);
  });
});
