import { join, normalize, sep } from 'node:path';
import * as fc from 'fast-check';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { hasErrors } from '../../src/matrix/has-errors.ts';
import { readMatrices } from '../../src/matrix/read-matrices.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { sourceReader } from '../../src/workspace/source-reader.ts';
import { smallMatrix } from '../support/matrices.ts';
import { Sandbox } from './sandbox.ts';

const RUNS = Number(process.env['MUTATIONS'] ?? 400);
const SECONDS = 5;

const fragments = {
  YAML: [
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    '&a ',
    '*release_spec',
    '<<: ',
    '"',
    "'",
    '|',
    '\t',
    '\n',
    '~',
    '#',
    '!!',
  ],
  paths: ['..', '/', '../', '\\', '.', 'dist/', '*', '\0', ' '],
  Liquid: [
    '{{',
    '}}',
    '{%',
    '%}',
    '{{ version }}',
    '{{ nothing }}',
    '{% if cuda %}',
    '{% endif %}',
    '{% for i in (1..99999999) %}',
    '{% endfor %}',
    "{% render 'env' %}",
    "{% render 'runtime' %}",
    '{% raw %}',
    '{%- comment -%}',
    ' | append: from',
    ' | times: 9e99',
  ],
  Dockerfiles: [
    'FROM ',
    'FROM scratch AS a\n',
    'COPY . .\n',
    'COPY --from=0 / /\n',
    'COPY ../../etc /\n',
    'COPY <<A /a\n',
    'RUN --mount=from=b ',
    'ARG ',
    '${A:-${B:-',
    '# escape=`\n',
    '# syntax=x\n',
    '\\\n',
  ],
  numbers: ['3.10', '1e309', '-1', '0x1f', '99999999999999999999', '__proto__: ', 'constructor: ', 'null', 'true'],
};

const fragment = fc.oneof(
  fc.constantFrom(...Object.values(fragments).flat()),
  fc.string({ unit: 'binary', maxLength: 3 }),
);
const texts = Object.keys(smallMatrix).filter((file) => file === 'manifest.yml' || file.endsWith('.liquid'));
const edit = fc.record({
  file: fc.oneof(fc.constant('manifest.yml'), fc.constantFrom(...texts.filter((file) => file !== 'manifest.yml'))),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  // Most damage leaves something to render; otherwise only the manifest would be tested.
  remove: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 40 })),
  insert: fragment,
});
type Edit = Readonly<{ file: string; at: number; remove: number; insert: string }>;

function mutate(edits: readonly Edit[]): Record<string, string> {
  const files = { ...smallMatrix };
  for (const { file, at, remove, insert } of edits) {
    const text = files[file]!;
    const start = Math.floor(at * text.length);
    files[file] = text.slice(0, start) + insert + text.slice(start + remove);
  }
  return files;
}

describe('a damaged manifest, template or partial', () => {
  const sandbox = new Sandbox(smallMatrix);
  const { root } = sandbox;
  afterAll(() => sandbox.dispose());

  it('results in images inside the output folder or in diagnostics with a place', () => {
    const ends = { images: 0, diagnostics: 0, nothing: 0 };
    let slowest = 0;
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        for (const [file, text] of Object.entries(mutate(edits))) sandbox.write(file, text);
        const before = process.cpuUsage();
        const { matrices, diagnostics, dockerfiles } = readMatrices(root, ['manifest.yml'], resolveOptions({}), {});
        const source = sourceReader(root, dockerfiles);
        const text = formatDiagnostics(diagnostics, source);
        const { user, system } = process.cpuUsage(before);
        slowest = Math.max(slowest, (user + system) / 1e6);
        expect((user + system) / 1e6).toBeLessThan(SECONDS);
        expect(text.length).toBeLessThan(200_000);
        for (const { file, line, column } of diagnostics) {
          const lines = (source(file) ?? '').split('\n');
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
        }
        const images = matrices.flatMap((matrix) => matrix.images);
        for (const { image, rendered } of images) {
          for (const { path } of rendered) {
            const target = normalize(join(root, image.dir, path));
            expect(target.startsWith(join(root, 'docker') + sep)).toBe(true);
          }
        }
        ends[hasErrors(diagnostics) ? 'diagnostics' : images.length > 0 ? 'images' : 'nothing']++;
      }),
      { numRuns: RUNS },
    );
    console.log(`mutations: ${JSON.stringify(ends)}, slowest ${slowest.toFixed(2)} s of CPU`);
    expect(ends.images).toBeGreaterThan(0);
    expect(ends.diagnostics).toBeGreaterThan(0);
  });
});
