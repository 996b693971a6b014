import { size } from '@nx-image-matrix/format';
import { formatTable } from '@nx-image-matrix/format';
import type { MatrixRow } from './rows.ts';

const header = ['PROJECT', 'IMAGE', 'FILES', 'BUILT', 'PUSHED', 'SIZE', 'FROM', 'MORE TAGS', 'REPOSITORIES'];

/** The matrix as plain text, with a line of counts below. */
export function matrixTable(rows: readonly MatrixRow[]): string {
  const lines = rows.map((row) => [
    row.project,
    row.reference,
    row.upToDate ? 'up to date' : 'stale',
    row.built,
    row.pushed === 'none wanted' ? '-' : row.pushed,
    row.lastBuild?.size ? size(row.lastBuild.size) : '-',
    row.from,
    row.tags.slice(1).join(' ') || '-',
    row.repositories.join(' ') || '-',
  ]);
  return `${formatTable(header, lines)}\n\n${counts(rows)}`;
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
