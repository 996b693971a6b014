import { BUILD_ID_LABEL, type EngineImage } from '@nx-image-matrix/engine';
import type { AttestationSettings } from '@nx-image-matrix/manifest';
import { missingAttestations } from './attestations.ts';
import type { BuildPlan } from './plan.ts';
import type { BuildRecord } from './record.ts';

export type Decision =
  | { action: 'skip'; image: EngineImage }
  | { action: 'tag'; image: EngineImage; source: string }
  | { action: 'build'; reason: string };

/** The facts that decide what to do with an image. */
export interface Known {
  record: BuildRecord | undefined;
  /** Why it was not built on the current parents. */
  changedParent: string | undefined;
  /** What is to be attested of it in this run. */
  attestations?: AttestationSettings | undefined;
  /** The images in the engine, by reference. */
  images: ReadonlyMap<string, EngineImage>;
}

/**
 * What to do with an image, given the record of its last build and the images in the engine.
 *
 * A build ID counts only on the recorded image itself, because images built on top inherit labels.
 */
export function decide(plan: BuildPlan, known: Known, force: boolean): Decision {
  if (force) return { action: 'build', reason: 'forced' };
  const { record, changedParent, images } = known;
  const { reference } = plan.document;
  const current = images.get(reference);
  if (!record) return { action: 'build', reason: current ? 'no record of its build' : 'never built here' };
  if (record.buildId !== plan.buildId) return { action: 'build', reason: whatChanged(record, plan) };
  if (changedParent !== undefined) return { action: 'build', reason: changedParent };
  const missing = missingAttestations(record.attestations, known.attestations);
  if (missing !== undefined) return { action: 'build', reason: `${missing} missing` };
  if (isBuilt(current, record)) return { action: 'skip', image: current };
  const former = images.get(record.reference);
  if (isBuilt(former, record)) return { action: 'tag', image: former, source: record.reference };
  return { action: 'build', reason: current ? 'replaced in the engine' : 'missing in the engine' };
}

/** Whether the engine still has the recorded image of the recorded build. */
export function isBuilt(image: EngineImage | undefined, record: BuildRecord): image is EngineImage {
  return image !== undefined && image.id === record.imageId && image.labels[BUILD_ID_LABEL] === record.buildId;
}

function whatChanged(record: BuildRecord, plan: BuildPlan): string {
  const before = record.ingredients ?? {};
  const names = new Set([...Object.keys(before), ...Object.keys(plan.ingredients)]);
  const changed = [...names].filter((name) => before[name] !== plan.ingredients[name]);
  if (changed.length === 0) return 'built by another version of this tool';
  const shown = changed.slice(0, 3).join(', ');
  return changed.length > 3 ? `${shown} and ${changed.length - 3} more` : shown;
}
