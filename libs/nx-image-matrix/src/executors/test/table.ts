import { countResults, type ImageResults } from '@nx-image-matrix/container-test';
import { duration, formatTable } from '@nx-image-matrix/format';

/** The results of a run, one image per line; `passed before` for images that were not tested again. */
export function resultsTable(images: readonly (ImageResults & { before: boolean })[]): string {
  const rows = images
    .toSorted((one, other) => (one.project < other.project ? -1 : 1))
    .map(({ project, reference, results, before }) => {
      const { tests, failed, skipped, duration: time } = countResults(results);
      const passed = tests - failed - skipped;
      const result = failed > 0 ? 'failed' : before ? 'passed before' : 'passed';
      return [project, reference, result, String(passed), String(failed), String(skipped), duration(time)];
    });
  return formatTable(['project', 'image', 'result', 'passed', 'failed', 'not run', 'time'], rows);
}
