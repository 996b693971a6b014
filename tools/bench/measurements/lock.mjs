import { basesFiles, basesLock } from '../matrix.mjs';
import { pairs, run } from '../measure.mjs';
import { Workspace } from '../workspace.mjs';

export const title = 'The project graph with a lock';
export const what =
  '`nx show projects` with an `images.lock` of 41 external bases, against the same workspace without it. "cold" starts ' +
  'without `.nx`; "warm" with the `.nx` that an earlier run has left. All generated files are on disk. Target: at most 1.03.';
export const target = 1.03;
export const sizes = [1_000];

export async function measure({ size, count, report }) {
  const registry = 'registry.example.com';
  const files = basesFiles(size, registry);
  const locked = new Workspace({ ...files, 'images.lock': basesLock(registry) }, 'nx-image-matrix');
  const free = new Workspace(files, 'nx-image-matrix');
  for (const workspace of [locked, free]) run(...workspace.nx('run-many', '-t', 'docker-generate'));
  for (const cache of ['cold', 'warm']) {
    const show = (workspace) => ({
      prepare: () => cache === 'cold' && workspace.forgetCaches(),
      command: workspace.nx('show', 'projects'),
    });
    report({ images: size, case: cache, rivalName: 'without a lock', ...pairs(count, show(locked), show(free)) });
  }
}
