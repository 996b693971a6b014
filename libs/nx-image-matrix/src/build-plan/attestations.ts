import type { AttestationSettings } from '@nx-image-matrix/manifest';
import type { BuildPlan } from './plan.ts';
import { readRecord } from './record.ts';

/** Whether everything is attested of an image that is wanted of it; more is no harm, and any generator is as good. */
export function isAttested(has: AttestationSettings | undefined, wanted: AttestationSettings | undefined): boolean {
  return missingAttestations(has, wanted) === undefined;
}

/** What is wanted and not attested of an image, in words: `provenance (max) and SBOM`; `undefined` if nothing. */
export function missingAttestations(
  has: AttestationSettings | undefined,
  wanted: AttestationSettings | undefined,
): string | undefined {
  const { provenance, sbom } = wanted ?? {};
  const hasProvenance = !provenance || has?.provenance === 'max' || has?.provenance === provenance;
  const missing = [...(hasProvenance ? [] : [`provenance (${provenance})`]), ...(sbom && !has?.sbom ? ['SBOM'] : [])];
  return missing.length === 0 ? undefined : missing.join(' and ');
}

/**
 * Whether an image of this machine, or one that it was built on, was built without the attestations that it is to have: it
 * stays here.
 */
export function isUnattested(workspaceRoot: string, plan: BuildPlan): boolean {
  const record = readRecord(workspaceRoot, plan.folder);
  const isOwn = record?.buildId === plan.buildId && !isAttested(record.attestations, plan.document.attestations);
  return isOwn || plan.parents.some((parent) => isUnattested(workspaceRoot, parent));
}
