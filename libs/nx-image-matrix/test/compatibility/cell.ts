import { removeImages, uniquePrefix } from '../support/engine.ts';
import { smallMatrix } from '../support/matrices.ts';
import { nodeProgram, pathWith } from '../support/node-versions.ts';
import { Workspace } from '../support/workspace.ts';
import { steps } from './steps.ts';

/** The result of one pair of versions. */
export interface Cell {
  nx: string;
  node: string;
  /** By step: `ok 2.1 s`, `failed`, or `-` if an earlier one failed. */
  outcomes: Record<string, string>;
  failure?: Error;
}

/** A plugin that prints which Node runs Nx: the process that makes the graph, which may not be the requested one. */
const witness = `const { writeFileSync } = require('node:fs');
writeFileSync(require('node:path').join(__dirname, 'node-version.txt'), process.version);
module.exports = { name: 'witness', createNodesV2: ['nothing.here', () => []] };
`;

/** Runs all steps with one Nx on one Node, from the packed tarball; stops at the first that fails. */
export function tryCell(nx: string, node: string): Cell {
  const prefix = uniquePrefix();
  const program = nodeProgram(node);
  const workspace = new Workspace({
    files: {
      ...smallMatrix,
      '.gitignore': 'node_modules\ndist\n.nx\n*.txt\ngraph.json\n',
      'tools/witness.js': witness,
      // Nx 22 loads a local plugin only if it finds one.
      'tsconfig.base.json': '{}',
    },
    nx,
    isolatePlugins: true,
    node: program,
    environment: { PATH: pathWith(program) },
    nxJson: {
      plugins: [{ plugin: 'nx-image-matrix', options: { prefix } }, './tools/witness.js'],
      sync: { globalGenerators: ['nx-image-matrix:sync'] },
    },
  });
  const cell: Cell = { nx, node, outcomes: Object.fromEntries(Object.keys(steps).map((name) => [name, '-'])) };
  try {
    for (const [name, step] of Object.entries(steps)) {
      cell.outcomes[name] = 'failed';
      const start = performance.now();
      step(workspace, prefix);
      cell.outcomes[name] = `ok ${((performance.now() - start) / 1000).toFixed(1)} s`;
    }
    expect(workspace.read('tools/node-version.txt')).toBe(`v${node}`);
  } catch (error) {
    cell.failure = error as Error;
  } finally {
    removeImages(prefix);
    workspace.dispose();
  }
  return cell;
}
