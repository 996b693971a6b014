import { join } from 'node:path';
import { assess, readReport, type Severity } from '@nx-image-matrix/scan';
import { isSameImage, type ImageIdentity } from '../../build-plan/same-image.ts';
import { readRegularFile } from '../../fs/read-file.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import { sarifPath } from '../scan/sarif-path.ts';

/** What the last scan on this machine says of the image of the current files; `none wanted` if it is not scanned. */
export type ScannedState = 'passed' | 'failed' | 'outdated' | 'not yet' | 'none wanted';

/** The findings of the last scan, judged by the manifest of today. */
export interface LastScan {
  /** ISO 8601. */
  scannedAt: string;
  /** The scanner and its version. */
  tool: string;
  /** Findings that reach the threshold. */
  failing: number;
  /** Findings that count, by severity. */
  counts: Record<Severity, number>;
  accepted: number;
}

/** Bytes of a SARIF document that a table reads. */
const LARGEST = 100_000_000;

/**
 * Judges the findings in `dist/<project root>/scan.sarif` by threshold and accepted findings of the manifest.
 * @param current the image of the current files
 * @param today `2027-01-31`, in UTC.
 */
export function scannedState(
  workspaceRoot: string,
  folder: ImageFolder,
  current: ImageIdentity,
  today: string,
): { scanned: ScannedState; lastScan: LastScan | null } {
  if (!folder.scan) return { scanned: 'none wanted', lastScan: null };
  const report = readReport(readText(workspaceRoot, sarifPath(folder)));
  if (!report) return { scanned: 'not yet', lastScan: null };
  const { log, image } = report;
  const { failing, counts, accepted } = assess(log.findings, folder.scan, today);
  const { tool } = log;
  const lastScan = {
    scannedAt: image.scannedAt,
    tool,
    failing: failing.length,
    counts,
    accepted: accepted.size,
  };
  if (!isSameImage(image, current)) return { scanned: 'outdated', lastScan };
  return { scanned: failing.length > 0 ? 'failed' : 'passed', lastScan };
}

function readText(workspaceRoot: string, path: string): string {
  try {
    return readRegularFile(join(workspaceRoot, path), LARGEST, {
      within: workspaceRoot,
    }).toString('utf8');
  } catch {
    return '';
  }
}
