import type { ExplainedImage } from '../../explain/cause.ts';
import type { MatrixRow } from './rows.ts';
import { matrixTable } from './table.ts';

const row = (project: string) =>
  ({
    project,
    reference: 'a:1',
    tags: ['1'],
    repositories: [],
    from: 'b',
    built: 'never',
    pushed: 'none wanted',
    staged: 'none wanted',
    tested: 'none wanted',
    scanned: 'none wanted',
  }) as unknown as MatrixRow;

const image: ExplainedImage = {
  name: 'a',
  manifest: 'manifest.yml',
  change: 'changed',
  causes: [
    { kind: 'copied-file', change: 'content', file: 'run.sh' },
    { kind: 'parent', name: 'base' },
  ],
};

it('has columns of staging, tests and scans if an image has them', () => {
  const scanned = {
    ...row('b'),
    tested: 'failed',
    scanned: 'failed',
    lastScan: { failing: 2, scannedAt: '2026-01-31T14:05:06.000Z' },
  } as MatrixRow;
  const table = matrixTable([row('a'), scanned]);
  const [head, first, second] = table.split('\n');
  expect(head).toMatch(/ BUILT +TESTED +SCANNED +PUSHED /);
  expect(first).toMatch(/ never +- +- +- /);
  expect(second).toMatch(/ never +failed +2 failing, 2026-01-31 14:05 +- /);
  expect(table).toContain('1 with failed tests, 1 with failing findings, 0 pushed');
  expect(matrixTable([row('a')])).not.toMatch(/STAGED|TESTED|SCANNED/);
});

it('has a column of causes if a base is given', () => {
  const [head, first, second] = matrixTable([row('a'), row('b')], new Map([['a', image]])).split('\n');
  expect(head).toMatch(/REPOSITORIES {2}DIFFERS BY$/);
  expect(first).toMatch(/ {2}run\.sh \(content\) and 1 more$/);
  expect(second).toMatch(/ {2}-$/);
  expect(matrixTable([row('a')])).not.toContain('DIFFERS');
});
