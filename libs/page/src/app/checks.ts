import type { PageImage, PageScan } from '../data.ts';
import { formatTime } from './format.ts';

/** What is said of an image besides its build. */
export interface Check {
  title: string;
  /** One of the states of the table. */
  stateOf: (image: PageImage) => string;
  /** The state with its figures. */
  describe: (image: PageImage) => string;
}

/** Tests and scans of images. */
const checks: readonly Check[] = [
  {
    title: 'Tested',
    stateOf: ({ tested }) => tested,
    describe: ({ tested }) => shown(tested),
  },
  {
    title: 'Scanned',
    stateOf: ({ scanned }) => scanned,
    describe: describeScan,
  },
];

/** The checks that any of these images has. */
export function checksOf(images: readonly PageImage[]): Check[] {
  return checks.filter(({ stateOf }) => images.some((image) => stateOf(image) !== 'none wanted'));
}

/** `tests failed, scan failed`: what an image has failed, as people search for it; empty for nothing. */
export function failuresOf({ tested, scanned }: PageImage): string {
  return [tested === 'failed' ? 'tests failed' : '', scanned === 'failed' ? 'scan failed' : '']
    .filter(Boolean)
    .join(', ');
}

function describeScan({ scanned, lastScan }: PageImage): string {
  if (!lastScan) return shown(scanned);
  const result = scanned === 'failed' ? `${lastScan.failing} failing` : scanned;
  return `${result}, ${formatTime(lastScan.scannedAt)}`;
}

/** `1 critical, 3 low`, most severe first. */
export function describeFindings({ counts, accepted }: PageScan): string {
  const found = Object.entries(counts).flatMap(([severity, count]) => (count > 0 ? [`${count} ${severity}`] : []));
  return [...found, ...(accepted > 0 ? [`${accepted} accepted`] : [])].join(', ') || 'none';
}

function shown(state: string): string {
  return state === 'none wanted' ? '–' : state;
}
