import { causeKinds } from '../../src/explain/cause.ts';
import { readPage } from './pages.ts';

it('docs/explain.md lists every kind of cause', () => {
  const [, table = ''] = readPage('docs/explain.md').split('| kind |');
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  const kinds = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, kind]) => kind));
  expect(kinds.toSorted()).toEqual([...causeKinds].sort());
});
