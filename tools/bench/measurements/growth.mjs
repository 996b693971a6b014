import { median, peakMemory } from '../measure.mjs';

export const title = 'Growth of the graph';
export const what =
  '`nx show projects` without `.nx` and without `docker/` at ten times as many images: time, peak resident memory of ' +
  'the largest process, and the sum of the peaks of all processes. Growth is the second size over the first. What ours ' +
  'takes above the floor is to grow at most as the number of images does.';
export const sizes = [1_000, 10_000];

/** Runs each size, then reports the growth of each figure. There are two `sizes`. */
export async function measureAll({ pairOf, sizes: [small, large], count, reportGrowth }) {
  const figures = { [small]: await figuresAt(pairOf, small, count), [large]: await figuresAt(pairOf, large, count) };
  for (const figure of ['milliseconds', 'largest', 'together']) {
    reportGrowth({ figure, small, large, before: figures[small][figure], after: figures[large][figure] });
  }
}

async function figuresAt(pairOf, size, count) {
  const { ours, floor, setState } = await pairOf(size);
  setState('missing');
  const peaks = { ours: [], floor: [] };
  for (let pair = 0; pair < Math.min(count, 3); pair += 1) {
    for (const [name, workspace] of Object.entries({ ours, floor })) {
      workspace.forgetCaches();
      peaks[name].push(await peakMemory(...workspace.nx('show', 'projects')));
    }
  }
  const medians = (figure) => ({
    ours: median(peaks.ours.map((peak) => peak[figure])),
    floor: median(peaks.floor.map((peak) => peak[figure])),
  });
  return { milliseconds: medians('milliseconds'), largest: medians('largest'), together: medians('together') };
}
