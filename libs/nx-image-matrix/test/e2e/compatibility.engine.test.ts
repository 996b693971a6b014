import { tryCell, type Cell } from '../compatibility/cell.ts';
import { steps } from '../compatibility/steps.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { nxVersions } from '../support/nx-versions.ts';
import { markdownTable } from '../support/table.ts';

const pairs = Object.values(nxVersions).flatMap((nx) => Object.values(nodeVersions).map((node) => ({ nx, node })));

describe('the packed plugin on every supported Nx and Node', () => {
  const cells: Cell[] = [];
  afterAll(() => {
    const names = Object.keys(steps);
    const rows = cells.map(({ nx, node, outcomes }) => [nx, node, ...names.map((name) => outcomes[name]!)]);
    process.stdout.write(`\n${markdownTable(['Nx', 'Node', ...names], rows)}\n\n`);
  });

  it.each(pairs)('works with Nx $nx on Node $node', ({ nx, node }) => {
    const cell = tryCell(nx, node);
    cells.push(cell);
    if (cell.failure) throw cell.failure;
    expect(Object.values(cell.outcomes).every((outcome) => outcome.startsWith('ok '))).toBe(true);
  });

  it('has nine cells', () => {
    expect(cells).toHaveLength(9);
  });
});
