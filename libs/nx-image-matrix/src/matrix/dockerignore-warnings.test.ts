import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resolveOptions } from '../options/resolve-options.ts';
import { readMatrices } from './read-matrices.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const files: Record<string, string> = {
  'images/manifest.yml': `packages: { app: { runtime: [debian] } }
releases: { debian: { 12: { templates_dir: templates, base_image: "debian:12" } } }
`,
  'images/templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'images/templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY a /\n',
};

function read(dockerignore: string) {
  const root = mkdtempSync(join(tmpdir(), 'dockerignore-warnings-'));
  roots.push(root);
  for (const [path, text] of Object.entries({ ...files, 'images/.dockerignore': dockerignore })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readMatrices(root, ['images/manifest.yml'], resolveOptions(undefined), {});
}

it.each<[what: string, text: string, lines: number[]]>([
  ['of patterns', '# [\n\n*.log\n!b.log\n**/node_modules\n[a-z]\n\\[\na{2}\n/\n.\n', []],
  ['with a class that nothing closes', 'dist\nbuild[\n', [2]],
  ['with an empty class', 'a[]\n', [1]],
  ['with a class that ends in a dash', '[a-]\n', [1]],
  ['with a range from the end', '[z-a]\n', [1]],
  ['with a backslash at the end', 'a\r\n\r\nb\\\r\n', [3]],
  ['with an exception of nothing', '*\n!\n!  \n', [2, 3]],
  ['with a repetition of a repetition', 'a*{2}\n', [1]],
  ['after a byte order mark', '\uFEFF[\n', [1]],
  ['with an escape that Go does not know', '\\q?\n', [1]],
])('a file %s', (_, text, lines) => {
  const diagnostics = read(text).diagnostics.filter(({ code }) => code !== 'copies-excluded-path');
  expect(diagnostics.map(({ code, severity, file, line }) => `${severity} ${code} ${file}:${line}`)).toEqual(
    lines.map((line) => `warning bad-ignore-rule images/.dockerignore:${line}`),
  );
});

it('is reported with the first image, quotes the line, and says what to do', () => {
  const { matrices, diagnostics } = read('build[\n');
  expect(diagnostics).toEqual([
    {
      code: 'bad-ignore-rule',
      severity: 'warning',
      file: 'images/.dockerignore',
      line: 1,
      column: 1,
      message: '`build[` is not a pattern that Docker accepts, so builds that copy files of this context fail.',
      hint: 'close the `[` with a `]` that has characters before it, or write `\\[` for the character itself',
    },
  ]);
  expect(matrices[0]!.images.map(({ warnings }) => warnings.length)).toEqual([1, 0]);
});

it('says how many more there are', () => {
  const { diagnostics } = read(`${'['.repeat(500)}\n`.repeat(1_000));
  expect(diagnostics).toHaveLength(20);
  expect(diagnostics.at(-1)!.message).toMatch(/^`\[{80}\.\.\.` .* 980 more lines are like it\.$/);
});
