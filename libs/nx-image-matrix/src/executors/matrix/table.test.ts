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

it('has a column of causes if a base is given', () => {
  const [head, first, second] = matrixTable([row('a'), row('b')], new Map([['a', image]])).split('\n');
  expect(head).toMatch(/REPOSITORIES {2}DIFFERS BY$/);
  expect(first).toMatch(/ {2}run\.sh \(content\) and 1 more$/);
  expect(second).toMatch(/ {2}-$/);
  expect(matrixTable([row('a')])).not.toContain('DIFFERS');
});
