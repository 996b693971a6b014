import { diagnose, imagesOf, minimal, summary } from '../test/minimal.ts';

const layered = (spec: string, others = ''): string => `release_spec:\n  reproducible: ${spec}\n${minimal}${others}`;

function epochOf(text: string): number | undefined {
  return imagesOf(text).find(({ name }) => name === 'app-debian12-runtime')?.reproducible?.epoch;
}

describe('reproducible', () => {
  it.each([
    ['is not there', minimal],
    ['has nothing after it', layered('')],
    ['is false', layered('false')],
    ['is switched off for the package', layered('true', 'package_spec: {app: {reproducible: false}}\n')],
    ['has nothing after it for the package', layered('{epoch: 7}', 'package_spec: {app: {reproducible: }}\n')],
  ])('is off if it %s', (_, text) => {
    expect(epochOf(text)).toBeUndefined();
    expect(imagesOf(text)[0]).not.toHaveProperty('reproducible');
  });

  it.each([
    ['true', 0],
    ['{}', 0],
    ['{epoch: }', 0],
    ['{epoch: 0}', 0],
    ['{epoch: 1735689600}', 1_735_689_600],
    ['{epoch: 253402300799}', 253_402_300_799],
    ['{x-note: a day, epoch: 86400}', 86_400],
  ])('is on as %s', (spec, epoch) => {
    expect(epochOf(layered(spec))).toBe(epoch);
  });

  it('is replaced as a whole by a stronger layer', () => {
    expect(epochOf(layered('{epoch: 7}', 'release_types: {runtime: {reproducible: true}}\n'))).toBe(0);
    const own = 'release_types: {runtime: {reproducible: false}}\npackage_spec: {app: {reproducible: {epoch: 8}}}\n';
    expect(epochOf(layered('{epoch: 7}', own))).toBe(8);
    expect(epochOf(`${minimal}      reproducible: true\n`)).toBe(0);
  });

  it('may come from an alias or a merge', () => {
    expect(epochOf(`x-when: &when {epoch: 5}\n${layered('*when')}`)).toBe(5);
    expect(epochOf(`x-when: &when {epoch: 5}\n${layered('{<<: *when}')}`)).toBe(5);
    expect(epochOf(`x-all: &all {reproducible: {epoch: 6}}\n${minimal}package_spec: {app: {<<: *all}}\n`)).toBe(6);
  });

  it.each([
    ['a text', '"true"', 'wrong-type', '`reproducible` must be `true` or `false` or a map, found `true`'],
    ['YAML 1.1 truth', 'yes', 'wrong-type', '`reproducible` must be `true` or `false` or a map, found `yes`'],
    ['a number', '0', 'wrong-type', '`reproducible` must be `true` or `false` or a map, found the number `0`'],
    ['a list', '[true]', 'wrong-type', '`reproducible` must be `true` or `false` or a map, found a list'],
    ['a negative epoch', '{epoch: -1}', 'wrong-type', '`epoch` must be 0 or more, found the number `-1`'],
    [
      'an epoch after the year 9999',
      '{epoch: 253402300800}',
      'wrong-type',
      '`epoch` must be 253402300799 or less, found the number `253402300800`',
    ],
    ['half a second', '{epoch: 1.5}', 'wrong-type', '`epoch` must be a whole number, found the number `1.5`'],
    ['an endless epoch', '{epoch: .inf}', 'wrong-type', '`epoch` must be a whole number, found the number `.inf`'],
    ['an epoch that is none', '{epoch: .nan}', 'wrong-type', '`epoch` must be a whole number, found the number `.nan`'],
    ['an epoch in quotes', '{epoch: "7"}', 'wrong-type', '`epoch` must be a whole number, found `7`'],
    ['a day', '{epoch: 2025-01-01}', 'wrong-type', '`epoch` must be a whole number, found `2025-01-01`'],
    ['another key', '{epochs: 7}', 'unknown-key', 'unknown key `epochs` in `reproducible`'],
    ['a prototype name', '{constructor: 7}', 'unknown-key', 'unknown key `constructor` in `reproducible`'],
    ['the prototype', '{__proto__: 7}', 'unknown-key', 'unknown key `__proto__` in `reproducible`'],
  ])('is not %s', (_, spec, code, message) => {
    const found = diagnose(layered(spec));
    expect(found.map((problem) => [problem.code, problem.line, problem.message])).toEqual([[code, 2, message]]);
  });

  it.each([
    ['at the top', `reproducible: true\n${minimal}`],
    ['beside a value of cuda_dependencies', `cuda_dependencies: {11.3.1: {reproducible: true}}\n${minimal}`],
  ])('is refused %s', (_, text) => {
    expect(diagnose(text)).not.toEqual([]);
  });

  it('sets SOURCE_DATE_EPOCH, so no argument does', () => {
    const text = layered('true', '      args: {SOURCE_DATE_EPOCH: 7}\n');
    expect(summary(diagnose(text))).toEqual(['bad-arg 13:14']);
    expect(diagnose(layered('true', '      args: {A: {x: {SOURCE_DATE_EPOCH: 7}, y: {}}}\n'))).toHaveLength(1);
    expect(diagnose(layered('false', '      args: {SOURCE_DATE_EPOCH: 7}\n'))).toEqual([]);
    expect(diagnose(layered('true', '      args: {SOURCE_DATE_EPOCH: }\n'))).toEqual([]);
  });
});
