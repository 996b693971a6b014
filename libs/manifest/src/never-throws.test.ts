import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { diagnose } from '../test/minimal.ts';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { isImageMatrix } from './index.ts';

const seed = readFileSync(new URL('../test/fixtures/seed.yml', import.meta.url), 'utf8');

const fragment = fc.oneof(
  fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ':',
    ': ',
    '- ',
    '&a ',
    '*a',
    '<<: ',
    '"',
    "'",
    '|',
    '\t',
    '\n',
    '{{ version }}',
    '{%',
    '~',
    'x-',
    '#',
    '!!',
  ),
  fc.string({ unit: 'binary', maxLength: 3 }),
);

const edit = fc.record({ at: fc.nat({ max: seed.length }), remove: fc.nat({ max: 40 }), insert: fragment });

function apply(text: string, edits: { at: number; remove: number; insert: string }[]): string {
  return edits.reduce(
    (result, { at, remove, insert }) => result.slice(0, at) + insert + result.slice(at + remove),
    text,
  );
}

it('reads any damaged manifest, and every diagnostic has a place in it', () => {
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
      const text = apply(seed, edits);
      isImageMatrix(text);
      const diagnostics = diagnose(text);
      formatDiagnostics(diagnostics, () => text);
      const lines = text.split('\n');
      for (const { line, column } of diagnostics) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      }
    }),
    { numRuns: 300 },
  );
});
