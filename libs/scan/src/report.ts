import { isObject } from '@nx-image-matrix/engine/unknown';
import { readSarif, type ScanLog } from './sarif.ts';

/** The property of a SARIF document that says which image was scanned. */
export const SCANNED = 'nx-image-matrix';

/** The build of an image that was scanned, and when. */
export interface ScannedBuild {
  imageId?: string;
  /** Its digest in the staging repository. */
  digest?: string;
  /** ISO 8601. */
  scannedAt: string;
}

/** What an earlier scan has found, and in which image; `undefined` if the document is not one of `docker-scan`. */
export function readReport(text: string): { log: ScanLog; image: ScannedBuild } | undefined {
  try {
    const log = readSarif(text, 'the scanner');
    const { properties } = log.document;
    const image = isObject(properties) ? properties[SCANNED] : undefined;
    if (!isScannedBuild(image)) return undefined;
    return {
      log,
      image: { ...image, scannedAt: new Date(image.scannedAt).toISOString() },
    };
  } catch {
    return undefined;
  }
}

function isScannedBuild(image: unknown): image is ScannedBuild {
  if (!isObject(image) || typeof image['scannedAt'] !== 'string') return false;
  if (Number.isNaN(Date.parse(image['scannedAt']))) return false;
  return [image['imageId'], image['digest']].every((id) => id === undefined || typeof id === 'string');
}
