import { readFileSync } from 'node:fs';
import { pairs, run } from '../measure.mjs';
import { requireDigest } from '../workspace.mjs';

export const title = "Restoring everything from Nx's cache";
export const what =
  "`nx run-many -t docker-generate` of all images, without `docker/`, when every task is in Nx's cache. The floor's " +
  'executors do nothing, but "restores the same" had the files on disk when its cache was filled, so that Nx brings ' +
  'back the same bytes; "restores nothing" had none, so that Nx brings nothing back. Target: at most 1.25.';
export const target = 1.25;
export const sizes = [10, 100, 1_000];

export async function measure({ pairOf, size, count, report }) {
  const { ours, floor, setState, digest } = await pairOf(size);
  for (const [restored, state] of [
    ['the same', 'in step'],
    ['nothing', 'missing'],
  ]) {
    setState(state);
    for (const workspace of [ours, floor]) fillCache(workspace);
    setState('missing');
    const times = pairs(count, restore(ours), restore(floor));
    requireDigest(ours.root, digest);
    if (state === 'in step') requireDigest(floor.root, digest);
    for (const workspace of [ours, floor]) requireCached(workspace, size);
    report({ images: size, case: `floor restores ${restored}`, rivalName: 'floor', ...times });
    for (const workspace of [ours, floor]) workspace.removeImages();
  }
}

function fillCache(workspace) {
  workspace.forgetCaches();
  run(...workspace.nx('run-many', '-t', 'docker-generate'));
}

function restore(workspace) {
  return { prepare: () => workspace.removeImages(), command: workspace.nx('run-many', '-t', 'docker-generate') };
}

function requireCached({ log }, size) {
  const output = readFileSync(log, 'utf8');
  if (!output.includes(`${size} out of ${size} tasks`)) throw new Error(`Not all was cached:\n${output.slice(-2000)}`);
}
