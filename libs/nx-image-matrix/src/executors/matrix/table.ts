import { size } from '@nx-image-matrix/format';
import { formatTable } from '@nx-image-matrix/format';
import type { ExplainedImage } from '../../explain/cause.ts';
import { describeCause } from '../../explain/describe.ts';
import type { MatrixRow } from './rows.ts';

const header = ['PROJECT', 'IMAGE', 'FILES', 'BUILT', 'STAGED', 'PUSHED', 'SIZE', 'FROM', 'MORE TAGS', 'REPOSITORIES'];
const STAGED = header.indexOf('STAGED');

/** The matrix as plain text, with a line of counts below. */
export function matrixTable(rows: readonly MatrixRow[], differences?: ReadonlyMap<string, ExplainedImage>): string {
  const lines = rows.map((row) => [
    row.project,
    row.reference,
    row.upToDate ? 'up to date' : 'stale',
    row.built,
    row.staged,
    row.pushed === 'none wanted' ? '-' : row.pushed,
    row.lastBuild?.size ? size(row.lastBuild.size) : '-',
    row.from,
    row.tags.slice(1).join(' ') || '-',
    row.repositories.join(' ') || '-',
    ...(differences ? [whyIn(differences.get(row.project))] : []),
  ]);
  const titles = differences ? [...header, 'DIFFERS BY'] : header;
  const hasStaging = rows.some(({ staged }) => staged !== 'none wanted');
  const shown = (cells: readonly string[]): string[] => cells.filter((_, index) => hasStaging || index !== STAGED);
  return `${formatTable(shown(titles), lines.map(shown))}\n\n${counts(rows)}`;
}

/** The nearest cause of a difference from the base, and how many more there are. */
function whyIn(image: ExplainedImage | undefined): string {
  const [first, ...others] = image?.causes ?? [];
  if (!first) return '-';
  const { what } = describeCause(first);
  return others.length === 0 ? what : `${what} and ${others.length} more`;
}

function counts(rows: readonly MatrixRow[]): string {
  const count = (test: (row: MatrixRow) => boolean): number => rows.filter(test).length;
  return [
    `${rows.length} images`,
    `${count(({ upToDate }) => !upToDate)} with stale files`,
    `${count(({ built }) => built === 'built')} built`,
    `${count(({ pushed }) => pushed === 'pushed')} pushed`,
  ].join(', ');
}
