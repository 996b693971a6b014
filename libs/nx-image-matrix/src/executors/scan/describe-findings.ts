import { formatTable } from '@nx-image-matrix/format';
import type { Threshold } from '@nx-image-matrix/manifest';
import { severities, type Assessment, type Finding } from '@nx-image-matrix/scan';

/** Findings that are listed; the file has all. */
const SHOWN = 20;

/** The outcome of a scan: in one line if it passes, else with the findings that fail it. */
export function describeFindings(reference: string, failOn: Threshold, result: Assessment, file: string): string {
  const { failing } = result;
  if (failing.length === 0) return `${reference} scanned: ${countsIn(result)}`;
  const header = `${reference} has ${failing.length} ${failing.length === 1 ? 'finding' : 'findings'} of severity ${failOn}${failOn === 'critical' ? '' : ' or above'}`;
  const rows = failing
    .slice(0, SHOWN)
    .map((finding) => [finding.severity, finding.id, packageOf(finding), fixOf(finding)]);
  const table = formatTable(['SEVERITY', 'ID', 'PACKAGE', 'FIXED IN'], rows).replaceAll(/^/gm, '  ');
  const more = failing.length > SHOWN ? `\n  ... and ${failing.length - SHOWN} more` : '';
  return `${header}:\n${table}${more}\n  All findings are in ${file}. Rebuild on a newer base, update the packages, or accept them in \`ignore\` of \`scan\`.`;
}

function packageOf({ package: name = '', installed }: Finding): string {
  return installed === undefined ? name : `${name} ${installed}`.trim();
}

function fixOf({ fixed }: Finding): string {
  return fixed ?? '-';
}

/** `no findings`, or `2 high, 1 low; 1 accepted`. */
function countsIn({ counts, accepted }: Assessment): string {
  const found = severities.flatMap((severity) => (counts[severity] > 0 ? [`${counts[severity]} ${severity}`] : []));
  const open = found.length > 0 ? found.join(', ') : 'no findings';
  return accepted.size > 0 ? `${open}; ${accepted.size} accepted` : open;
}
