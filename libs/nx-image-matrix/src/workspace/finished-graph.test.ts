import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finishedProjects } from './finished-graph.ts';

describe('finishedProjects', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'graph-'));
    mkdirSync(join(root, 'node_modules/nx'), { recursive: true });
    writeFileSync(join(root, 'node_modules/nx/package.json'), JSON.stringify({ bin: { nx: 'nx.js' } }));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const asking = (code: string) => {
    writeFileSync(join(root, 'node_modules/nx/nx.js'), code);
    return finishedProjects(root);
  };

  it('returns the targets of all projects', () => {
    const nodes = {
      a: { name: 'a', data: { root: 'apps/a', targets: { build: {} } } },
      b: { name: 'b', data: { root: 'b' } },
    };
    const code = `require('fs').writeFileSync(process.argv[3].slice('--file='.length), '${JSON.stringify({ graph: { nodes } })}')`;
    expect(asking(code)).toEqual([
      { name: 'a', root: 'apps/a', targets: { build: {} } },
      { name: 'b', root: 'b', targets: {} },
    ]);
  });

  it.each([
    ['its first words', "console.error('\\n NX   No.\\n\\nat x'); process.exit(1)", 'No.'],
    ['its exit code where it says nothing', 'process.exit(3)', 'nx graph ended with exit code 3'],
    ['that it has written nothing', '', 'written nothing'],
  ])('says, where Nx fails, %s', (_, code, problem) => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('nx-image-matrix-'));
    const before = folders();
    expect(asking(code)).toEqual({ problem: expect.stringContaining(problem) });
    expect(folders()).toEqual(before);
  });
});
