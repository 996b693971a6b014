import { size } from '@nx-image-matrix/format';
import { formatTable } from '@nx-image-matrix/format';
import type { ExplainedImage } from '../../explain/cause.ts';
import { describeCause } from '../../explain/describe.ts';
import type { MatrixRow } from './rows.ts';

/** Columns that are shown only if an image has a value in them. */
const optional = {
  STAGED: 'staged',
  TESTED: 'tested',
  SCANNED: 'scanned',
} as const;
const header = [
  'PROJECT',
  'IMAGE',
  'FILES',
  'BUILT',
  ...Object.keys(optional),
  'PUSHED',
  'SIZE',
  'FROM',
  'MORE TAGS',
  'REPOSITORIES',
];

/** The matrix as plain text, with a line of counts below. */
export function matrixTable(rows: readonly MatrixRow[], differences?: ReadonlyMap<string, ExplainedImage>): string {
  const lines = rows.map((row) => [
    row.project,
    row.reference,
    row.upToDate ? 'up to date' : 'stale',
    row.built,
    shownState(row.staged),
    shownState(row.tested),
    shownScan(row),
    shownState(row.pushed),
    row.lastBuild?.size ? size(row.lastBuild.size) : '-',
    row.from,
    row.tags.slice(1).join(' ') || '-',
    row.repositories.join(' ') || '-',
    ...(differences ? [whyIn(differences.get(row.project))] : []),
  ]);
  const titles = differences ? [...header, 'DIFFERS BY'] : header;
  const empty = Object.entries(optional).filter(([, key]) => rows.every((row) => row[key] === 'none wanted'));
  const hidden = new Set(empty.map(([title]) => header.indexOf(title)));
  const shown = (cells: readonly string[]): string[] => cells.filter((_, index) => !hidden.has(index));
  return `${formatTable(shown(titles), lines.map(shown))}\n\n${counts(rows)}`;
}

function shownState(state: string): string {
  return state === 'none wanted' ? '-' : state;
}

/** `2 failing, 2026-01-31 14:05`, in UTC. */
function shownScan({ scanned, lastScan }: MatrixRow): string {
  if (!lastScan || (scanned !== 'failed' && scanned !== 'passed')) return shownState(scanned);
  const result = scanned === 'failed' ? `${lastScan.failing} failing` : scanned;
  return `${result}, ${lastScan.scannedAt.slice(0, 16).replace('T', ' ')}`;
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
    ...(count(({ tested }) => tested === 'failed') > 0
      ? [`${count(({ tested }) => tested === 'failed')} with failed tests`]
      : []),
    ...(count(({ scanned }) => scanned === 'failed') > 0
      ? [`${count(({ scanned }) => scanned === 'failed')} with failing findings`]
      : []),
    `${count(({ pushed }) => pushed === 'pushed')} pushed`,
  ].join(', ');
}
