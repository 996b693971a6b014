import { size } from '@nx-image-matrix/format';
import { formatTable } from '@nx-image-matrix/format';
import type { MatrixRow } from './rows.ts';

const header = ['PROJECT', 'IMAGE', 'FILES', 'BUILT', 'STAGED', 'PUSHED', 'SIZE', 'FROM', 'MORE TAGS', 'REPOSITORIES'];
const STAGED = header.indexOf('STAGED');

/** The matrix as plain text, with a line of counts below. */
export function matrixTable(rows: readonly MatrixRow[]): string {
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
  ]);
  const hasStaging = rows.some(({ staged }) => staged !== 'none wanted');
  const shown = (cells: readonly string[]): string[] => cells.filter((_, index) => hasStaging || index !== STAGED);
  return `${formatTable(shown(header), lines.map(shown))}\n\n${counts(rows)}`;
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
