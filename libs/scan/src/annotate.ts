import { plainLine } from '@nx-image-matrix/engine';
import { isObject } from '@nx-image-matrix/engine/unknown';
import type { Assessment } from './accept.ts';
import { SCANNED, type ScannedBuild } from './report.ts';
import type { ScanLog } from './sarif.ts';

/**
 * The SARIF document of a scan as text, for tools that show it, such as GitHub's code scanning: accepted findings are
 * suppressed (section 3.35), and each run says of which image it is (section 3.17.2), so that images do not replace each
 * other's results. Its properties say which build of the image was scanned.
 *
 * @param category `docker-scan/app-debian12-runtime`
 */
export function annotated(
  { document, findings, results }: ScanLog,
  { accepted }: Assessment,
  category: string,
  image: ScannedBuild,
): string {
  const reasons = new Map(
    results.flatMap((result, index) => {
      const finding = findings[index];
      const entry = finding && accepted.get(finding);
      return entry ? [[result, entry] as const] : [];
    }),
  );
  const runs = document.runs.map((run, index) => ({
    ...run,
    automationDetails: { id: document.runs.length > 1 ? `${category}/${index + 1}/` : `${category}/` },
    ...(Array.isArray(run['results']) && {
      results: run['results'].map((result) => {
        const entry = reasons.get(result);
        if (!entry) return result;
        const reason = [entry.reason && plainLine(entry.reason), entry.until && `until ${entry.until}`];
        const justification = reason.filter(Boolean).join(', ');
        const suppression = { kind: 'external', status: 'accepted', ...(justification && { justification }) };
        return { ...result, suppressions: [suppression] };
      }),
    }),
  }));
  const properties = {
    ...(isObject(document['properties']) && document['properties']),
    [SCANNED]: image,
  };
  return `${JSON.stringify({ ...document, properties, runs }, null, 2)}\n`;
}
