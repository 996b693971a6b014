import type { AcceptedFinding, Threshold } from '@nx-image-matrix/manifest';
import type { Finding } from './sarif.ts';
import { reaches, severities, type Severity } from './severity.ts';

/** What a manifest makes of the findings of an image. */
export interface Assessment {
  /** Findings that count, most severe first. */
  open: Finding[];
  /** Those of them that fail the scan. */
  failing: Finding[];
  /** Findings that the manifest accepts, with the entry that does. */
  accepted: Map<Finding, AcceptedFinding>;
  /** Entries whose last day is over, although their finding is still there. */
  expired: AcceptedFinding[];
  /** Entries without a finding. */
  unused: AcceptedFinding[];
  /** How many findings count, by severity. */
  counts: Record<Severity, number>;
}

/**
 * Compares findings with the threshold and the accepted ones.
 * @param today `2027-01-31`, in UTC.
 */
export function assess(
  findings: readonly Finding[],
  { failOn, ignore }: { failOn: Threshold; ignore: readonly AcceptedFinding[] },
  today: string,
): Assessment {
  const entries = new Map(ignore.map((entry) => [entry.id.toLowerCase(), entry]));
  const used = new Set<AcceptedFinding>();
  const accepted = new Map<Finding, AcceptedFinding>();
  const expired = new Set<AcceptedFinding>();
  const open: Finding[] = [];
  for (const finding of findings) {
    const entry = entries.get(finding.id.toLowerCase());
    if (entry) used.add(entry);
    if (entry && !isOver(entry, today)) accepted.set(finding, entry);
    else {
      if (entry) expired.add(entry);
      open.push(finding);
    }
  }
  open.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || compare(a.id, b.id));
  return {
    open,
    failing: open.filter(({ severity }) => reaches(severity, failOn)),
    accepted,
    expired: [...expired],
    unused: ignore.filter((entry) => !used.has(entry)),
    counts: countsOf(open),
  };
}

/** The present day in UTC, `2027-01-31`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

function isOver({ until }: AcceptedFinding, today: string): boolean {
  return until !== undefined && until < today;
}

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, other: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
