import type { AttestationSettings } from '@nx-image-matrix/manifest';
import { csvField } from './process/csv.ts';

/** The value of buildx's option `--attest`, and of bake's key `attest`, for an SBOM. */
export function attestSbom({ generator }: NonNullable<AttestationSettings['sbom']>): string {
  return ['type=sbom', ...(generator === undefined ? [] : [csvField(`generator=${generator}`)])].join();
}
