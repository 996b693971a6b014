import { formatTable } from '@nx-image-matrix/format';
import { severities, type Assessment } from '@nx-image-matrix/scan';

/** An image that was scanned. */
export interface ScannedImage {
  project: string;
  /** Workspace-relative path of its manifest. */
  manifest: string;
  reference: string;
  /** The scanner and its version. */
  tool: string;
  result: Assessment;
}

/** The table of all scanned images: how many findings each has, by severity. */
export function scanTable(images: readonly ScannedImage[]): string {
  const header = ['IMAGE', ...severities.map((severity) => severity.toUpperCase()), 'ACCEPTED', 'RESULT', 'SCANNER'];
  const rows = images
    .toSorted((a, b) => (a.reference < b.reference ? -1 : 1))
    .map(({ reference, tool, result }) => [
      reference,
      ...severities.map((severity) => String(result.counts[severity])),
      String(result.accepted.size),
      result.failing.length > 0 ? 'failed' : 'passed',
      tool,
    ]);
  return formatTable(header, rows);
}
