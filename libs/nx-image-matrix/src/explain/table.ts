import { formatTable } from '@nx-image-matrix/format';
import { describeCause } from './describe.ts';
import type { Explanation } from './explain.ts';
import type { ExplainedImage } from './cause.ts';

/** Causes of one image that the table shows. */
const MOST_CAUSES = 12;

/** The causes as plain text: a line for each, and a line of counts below. */
export function explanationTable({ base, images }: Explanation): string {
  const [first, ...others] = images.flatMap(rowsOf);
  const summary = summaryOf(images, `${base.revision} (${base.commit.slice(0, 8)})`);
  return first ? `${formatTable(first, others)}\n\n${summary}` : summary;
}

/** `3 images differ from main (1f2e3d4c): 2 changed, 1 added`. */
export function summaryOf(images: readonly Pick<ExplainedImage, 'change'>[], base: string): string {
  if (images.length === 0) return `No image differs from ${base}.`;
  const counts = (['changed', 'added', 'removed'] as const).flatMap((change) => {
    const count = images.filter((image) => image.change === change).length;
    return count > 0 ? `${count} ${change}` : [];
  });
  return `${images.length} ${images.length === 1 ? 'image differs' : 'images differ'} from ${base}: ${counts.join(', ')}`;
}

function rowsOf({ name, causes }: ExplainedImage): string[][] {
  const rows = causes.slice(0, MOST_CAUSES).map((cause) => {
    const { what, where } = describeCause(cause);
    return [name, what, where];
  });
  if (rows.length === 0) rows.push([name, 'changed', '']);
  if (causes.length > MOST_CAUSES) rows.push([name, `${causes.length - MOST_CAUSES} more causes`, '']);
  return rows;
}
