import { diagnose, imagesOf, minimal, summary } from '../test/minimal.ts';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { isImageMatrix } from './index.ts';

function bomb(levels: number, open = '[', close = ']'): string {
  const lines = ['x-0: &b0 debian'];
  for (let level = 1; level <= levels; level++) {
    const aliases = Array.from({ length: 10 }, () => `*b${level - 1}`).join(', ');
    lines.push(`x-${level}: &b${level} ${open}${aliases}${close}`);
  }
  return `${lines.join('\n')}\n`;
}

const nested = (open: string, close: string): string =>
  `${minimal}x-deep: ${open.repeat(10_000)}1${close.repeat(10_000)}\n`;

describe('a hostile manifest', () => {
  const cases: [what: string, text: string, codes: string[]][] = [
    ['an alias bomb', `${bomb(12)}${minimal}`, ['yaml-syntax']],
    ['an alias bomb among the distros', `${bomb(12)}${minimal.replace('[debian]', '*b12')}`, ['yaml-syntax']],
    [
      'a bomb of merges',
      `x-0: &m0 {a: 1}\n${Array.from({ length: 20 }, (_, i) => `x-${i + 1}: &m${i + 1} {<<: [*m${i}, *m${i}, *m${i}]}`).join('\n')}\n${minimal}`,
      [],
    ],
    ['10,000 nested lists', nested('[', ']'), ['yaml-syntax']],
    ['10,000 lists that nothing closes', nested('[', ''), ['yaml-syntax']],
    ['10,000 nested maps', nested('{a: ', '}'), ['yaml-syntax']],
    ['10,000 dashes', `${minimal}x-deep:\n  ${'- '.repeat(10_000)}a\n`, ['yaml-syntax']],
    ['10,000 nested keys', `${minimal}x-deep:\n  ${'? '.repeat(10_000)}a\n`, ['yaml-syntax']],
    ['a NUL', `${minimal}\u0000`, ['yaml-syntax']],
    ['a key __proto__', `__proto__: {polluted: true}\n${minimal}`, ['unknown-key']],
    [
      'a release __proto__',
      minimal.replace('  debian:', '  __proto__:\n    1: {templates_dir: a}\n  debian:'),
      ['bad-reference'],
    ],
    ['a package constructor', minimal.replace('app:', 'constructor:'), []],
    ['a distro toString', minimal.replace('[debian]', '[toString]'), ['unknown-distro']],
    ['a release type hasOwnProperty', minimal.replace('runtime', 'hasOwnProperty'), ['unknown-release-type']],
    [
      'a third of a megabyte of keys',
      `${minimal}x-big:\n${Array.from({ length: 25_000 }, (_, i) => `  key${i}: v\n`).join('')}`,
      [],
    ],
    ['a third of a megabyte of text', `${minimal}      header: ${'x'.repeat(350_000)}\n`, []],
    ['a third of a megabyte of one key', `${'k'.repeat(1_000)}: ${'v'.repeat(350_000)}\n${minimal}`, ['unknown-key']],
    [
      'a name of a third of a megabyte',
      `${minimal}repository: {r: {registry: {app: "${'a-'.repeat(170_000)}"}}}\n`,
      ['bad-reference'],
    ],
    [
      'a staging repository of a third of a megabyte',
      `${minimal}staging: {repository: "r.io/${'a-'.repeat(170_000)}"}\n`,
      ['bad-reference'],
    ],
    [
      'a tag of a third of a megabyte',
      `${minimal.replace('add_to_tags: slim', `add_to_tags: ${'a'.repeat(350_000)}`)}`,
      ['bad-tag'],
    ],
    ['tabs only', '\t\t\t', ['wrong-type']],
    ['nothing', '', ['wrong-type']],
    ['a comment', '# nothing\n', ['wrong-type']],
    ['a scalar', 'text', ['wrong-type']],
    ['an unknown tag', `${minimal}x-a: !!js/function "process.exit()"\n`, []],
  ];

  it.each(cases)(
    'with %s ends soon and in order',
    (_, text, codes) => {
      const diagnostics = diagnose(text);
      isImageMatrix(text);
      expect(formatDiagnostics(diagnostics, () => text).length).toBeLessThan(5_000);
      expect(diagnostics.map(({ code }) => code)).toEqual(codes);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
    120_000,
  );

  it('may repeat an alias as often as a large manifest does', () => {
    const releases = Array.from(
      { length: 1_000 },
      (_, i) => `    ${i}: {<<: *spec, templates_dir: t, base_image: a, add_to_tags: r${i}}`,
    );
    const text = `release_spec: &spec {header: h, envars: [A=b], args: {A: b, C: d}, labels: {a: b}}\n${minimal.split('releases')[0]}releases:\n  debian:\n${releases.join('\n')}\n`;
    expect(imagesOf(text)).toHaveLength(2_000);
    expect(summary(diagnose(text))).toEqual([]);
  });
});
