import { pairs } from '../measure.mjs';

export const title = 'The project graph';
export const what =
  '`nx show projects`, against a plugin that returns the same projects from a constant (a JSON file). "cold" starts ' +
  'without `.nx`; "warm" with the `.nx` that an earlier run has left, of both. "missing" starts without `docker/`, ' +
  '"in step" with all generated files on disk. At 10,000 images there are three pairs. Target: at most 1.25.';
export const target = 1.25;
export const sizes = [10, 100, 1_000, 10_000];

/** At ten thousand images a run takes so long that there are fewer pairs, and a first one matters less. */
const compare = (size, count, ours, floor) =>
  size > 1_000 ? pairs(Math.min(count, 3), ours, floor, 0) : pairs(count, ours, floor);

export async function measure({ pairOf, size, count, report }) {
  const { ours, floor, setState } = await pairOf(size);
  for (const state of ['missing', 'in step']) {
    setState(state);
    for (const cache of ['cold', 'warm']) {
      const run = (workspace) => ({
        prepare: () => cache === 'cold' && workspace.forgetCaches(),
        command: workspace.nx('show', 'projects'),
      });
      report({
        images: size,
        case: `${cache}, ${state}`,
        rivalName: 'floor',
        ...compare(size, count, run(ours), run(floor)),
      });
    }
  }
}
