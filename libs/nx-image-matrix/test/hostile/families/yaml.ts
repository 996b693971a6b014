import { fill, healthyManifest, manifestWith, MEGABYTE, type HostileCase } from '../hostile-case.ts';

const extra = (text: string): Record<string, string> => ({ 'manifest.yml': `${healthyManifest}${text}\n` });
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');

const words = (count: number, word: (index: number) => string): string => lines(count, word).replaceAll('\n', ' ');

function bomb(levels: number, open: string, close: string): string {
  const level = (index: number): string => `x-${index}: &b${index} ${open}${fill(`*b${index - 1}, `, 60)}${close}`;
  return `x-0: &b0 debian\n${lines(levels, (i) => level(i + 1))}`;
}

const swollen = (levels: number): string =>
  `x-0: &m0 {a0: 1}\n${lines(levels, (i) => `x-${i + 1}: &m${i + 1} {<<: [*m${i}, *m${i}], a${i + 1}: 1}`)}`;

/** The largest allowed manifest. */
const FULL = 390_000;

const syntax = { code: 'yaml-syntax' };

/** YAML that is large, deep, or expands to more than it seems. */
export const yamlCases: HostileCase[] = [
  { what: '1 MB of keys', files: extra(`x-flat:\n${lines(60_000, (i) => `  key${i}: value`)}`), ends: syntax },
  { what: '1 MB of one line', files: extra(`x-long: ${fill('word ', MEGABYTE)}`), ends: syntax },
  { what: '1 MB of nested lists', files: extra(`x-deep: ${'['.repeat(MEGABYTE)}`), ends: syntax },
  { what: '390 kB of keys', files: extra(`x-flat:\n${lines(20_000, (i) => `  key${i}: value`)}`), ends: 'success' },
  {
    what: '390 kB of unknown keys',
    files: extra(lines(17_000, (i) => `nobody${i}: value`)),
    ends: { code: 'unknown-key' },
  },
  { what: '390 kB of one long line', files: extra(`x-long: ${fill('word ', FULL)}`), ends: 'success' },
  { what: '390 kB of one long list', files: extra(`x-long: [${fill('a, ', FULL)}]`), ends: 'success' },
  { what: '390 kB of lines of one text', files: extra(`x-long:\n${fill('  word\n', FULL)}`), ends: 'success' },
  { what: '390 kB of lines in quotes', files: extra(`x-long: "${fill('word\n  ', FULL)}"`), ends: 'success' },
  { what: '1 MB in quotes that nothing closes', files: extra(`x-long: "${fill('word\n  ', MEGABYTE)}`), ends: syntax },
  { what: '390 kB of empty lines', files: extra('\n'.repeat(FULL)), ends: 'success' },
  { what: '390 kB of comments', files: extra(fill('# why\n', FULL)), ends: 'success' },
  { what: '390 kB of commas in a list', files: extra(`x-list: [${','.repeat(FULL)}]`), ends: syntax },
  { what: '390 kB of closing brackets', files: extra(']'.repeat(FULL)), ends: syntax },
  { what: '390 kB of colons', files: extra(fill('a: ', FULL)), ends: syntax },
  { what: '390 kB of anchors', files: extra(`x-list:\n${lines(20_000, (i) => `  - &a${i} b`)}`), ends: 'success' },
  {
    what: '390 kB of unknown aliases',
    files: extra(`x-list:\n${lines(20_000, (i) => `  - *a${i}`)}`),
    ends: { code: 'unknown-alias' },
  },
  {
    what: '390 kB of unknown distros',
    files: manifestWith('[debian]', `[${lines(16_000, (i) => `        debain${i},`)}\n      ]`),
    ends: { code: 'unknown-distro' },
  },
  { what: '390 kB of the same key', files: extra(fill('x-same: value\n', FULL)), ends: { code: 'duplicate-key' } },
  { what: '390 kB of broken lines', files: extra(fill('x-a: "\\q"\n', FULL)), ends: syntax },
  { what: '390 kB of documents', files: extra(fill('--- a\n', FULL)), ends: syntax },
  {
    what: '20 MB of keys',
    files: extra(`x-flat:\n${fill('  - value\n', 20 * MEGABYTE)}`),
    ends: { code: 'unreadable-file' },
  },
  { what: '10,000 nested lists', files: extra(`x-deep: ${'['.repeat(10_000)}${']'.repeat(10_000)}`), ends: syntax },
  { what: '10,000 nested block lists', files: extra(`x-deep:\n  ${'- '.repeat(10_000)}a`), ends: syntax },
  { what: '390 kB of nested block lists', files: extra(`x-deep:\n  ${fill('- ', FULL)}a`), ends: syntax },
  { what: '1,400 nested block maps', files: extra(lines(1_400, (i) => `${' '.repeat(i)}x-a:`)), ends: syntax },
  { what: '10,000 nested maps', files: extra(`x-deep: ${fill('{a: ', 40_000)}1${'}'.repeat(10_000)}`), ends: syntax },
  { what: '390 kB of complex keys', files: extra(`x-deep:\n  ${fill('? ', FULL)}a`), ends: syntax },
  { what: 'an alias bomb of lists', files: extra(bomb(12, '[', ']')), ends: syntax },
  {
    what: 'an alias bomb among the distros',
    files: { 'manifest.yml': `${bomb(12, '[', ']')}\n${healthyManifest.replace('[debian]', '*b12')}` },
    ends: syntax,
  },
  { what: 'a bomb of merges', files: { 'manifest.yml': `${swollen(400)}\n${healthyManifest}` }, ends: 'success' },
  { what: 'a chain of 2,000 merges', files: { 'manifest.yml': `${swollen(2_000)}\n${healthyManifest}` }, ends: syntax },
  { what: 'a merge of itself', files: extra('x-self: &self\n  <<: *self'), ends: { code: 'unknown-alias' } },
  {
    what: 'a release that merges itself',
    files: manifestWith('    12:\n', '    12: &self\n      <<: *self\n'),
    ends: { code: 'unknown-alias' },
  },
  {
    what: 'a merge of a text',
    files: manifestWith('    12:\n', '    12:\n      <<: text\n'),
    ends: { code: 'merge-not-a-map' },
  },
  { what: 'an anchor that is defined again', files: extra('x-a: &a 1\nx-b: &a 2\nx-c: *a'), ends: 'success' },
  { what: 'an anchor that holds its own alias', files: extra('x-a: &a [*a]'), ends: { code: 'unknown-alias' } },
  { what: 'a second document', files: extra('---\nx-more: 1'), ends: syntax },
  { what: 'duplicate keys', files: extra('releases: {}'), ends: { code: 'duplicate-key' } },
  { what: 'tabs as indentation', files: manifestWith('    runtime', '\truntime'), ends: syntax },
  {
    what: 'huge numbers',
    files: extra(`x-n: ${'9'.repeat(100_000)}\nx-e: 1e999999999\nx-h: 0x${'f'.repeat(100_000)}`),
    ends: 'success',
  },
  { what: 'a version of a huge number', files: extra(`version: ${'9'.repeat(100_000)}`), ends: { code: 'bad-tag' } },
  { what: 'a tag of JavaScript', files: extra('x-js: !!js/function "process.exit(3)"'), ends: 'success' },
  { what: 'a key __proto__ at the top', files: extra('__proto__: {polluted: true}'), ends: { code: 'unknown-key' } },
  {
    what: 'a key __proto__ in a release',
    files: manifestWith('      add_to', '      __proto__: {polluted: true}\n      add_to'),
    ends: { code: 'unknown-key' },
  },
  {
    what: 'a distro __proto__',
    files: manifestWith('  debian:\n', '  __proto__:\n    1: {templates_dir: a, base_image: b}\n  debian:\n'),
    ends: { code: 'bad-reference' },
  },
  {
    what: 'a merge of __proto__',
    files: manifestWith('    12:\n', '    12:\n      <<: {__proto__: {base_image: evil}}\n'),
    ends: { code: 'unknown-key' },
  },
  {
    what: 'an argument __proto__',
    files: manifestWith('      add_to', '      args: {__proto__: a, constructor: b}\n      add_to'),
    ends: 'success',
  },
  {
    what: 'a label __proto__',
    files: manifestWith('      add_to', '      labels: {__proto__: a, toString: b}\n      add_to'),
    ends: 'success',
  },
  {
    what: 'names of what every object has',
    files: {
      'manifest.yml':
        healthyManifest
          .replaceAll('debian:\n', 'constructor:\n')
          .replace('[debian]', '[constructor]')
          .replace('app:', 'constructor:')
          .replace('runtime:', 'toString:') + 'release_types: {toString: {from: base}, hasOwnProperty: {}}\n',
      'templates/toString.Dockerfile.liquid': 'FROM {{ from }}\n',
    },
    ends: 'success',
  },
  {
    what: 'a chain of 15,000 release types',
    files: extra(`release_types:\n${lines(15_000, (i) => `  t${i + 1}: {from: t${i}}`)}\n  t0: {}`),
    ends: { code: 'bad-parent' },
  },
  {
    what: 'a cycle of 15,000 release types',
    files: extra(`release_types:\n${lines(15_000, (i) => `  t${i}: {from: t${(i + 1) % 15_000}}`)}`),
    ends: { code: 'image-cycle' },
  },
  {
    what: '8,000 releases',
    files: extra(lines(8_000, (i) => `    r${i}: {templates_dir: t, base_image: b}`)),
    ends: { code: 'duplicate-tag' },
  },
  {
    what: '1e9 images by axes',
    files: extra(`release_spec: {args: {${words(9, (i) => `A${i}: [0,1,2,3,4,5,6,7,8,9],`)}}}`),
    ends: { code: 'too-many-images' },
  },
  {
    what: '1e9 images by aliases',
    files: {
      'manifest.yml': `x-axis: &axis [${words(1_000, (i) => `v${i},`)}]\n${healthyManifest}      args: {A: *axis, B: *axis, C: *axis}\n`,
    },
    ends: { code: 'too-many-images' },
  },
  {
    what: 'an axis of 50,000 values',
    files: extra(`release_spec: {args: {A: [${words(50_000, (i) => `${i},`)}]}}`),
    ends: { code: 'too-many-images' },
  },
  {
    what: '1,000 packages on 1,000 releases',
    files: {
      'manifest.yml': `packages:\n  p: &p {runtime: [debian]}\n${lines(1_000, (i) => `  p${i}: *p`)}\nreleases:\n  debian:\n${lines(1_000, (i) => `    ${i}: {templates_dir: templates, base_image: a, add_to_tags: r${i}}`)}`,
    },
    ends: { code: 'too-many-images' },
  },
];
