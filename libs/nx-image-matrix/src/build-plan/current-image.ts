import type { EngineImage } from '@nx-image-matrix/engine';
import { shortId } from '../format/describe.ts';
import { isBuilt } from './decide.ts';
import { changedParent } from './parents.ts';
import type { BuildPlan } from './plan.ts';
import { readRecord, type BuildRecord } from './record.ts';

/** The current image, as recorded by its build and as found in the engine. */
export interface CurrentImage {
  record: BuildRecord;
  image: EngineImage;
}

/**
 * The image of a plan, given the images in the engine; `undefined` if that was not built from the current
 * files.
 */
export function currentImage(
  root: string,
  plan: BuildPlan,
  images: ReadonlyMap<string, EngineImage>,
): CurrentImage | undefined {
  const record = readRecord(root, plan.folder);
  const image = images.get(plan.document.reference);
  if (!record || record.buildId !== plan.buildId || !isBuilt(image, record)) return undefined;
  if (changedParent(root, plan, record) !== undefined) return undefined;
  return { record, image };
}

/** Why an image that is not current is not pushed, tested or scanned, and what to do. */
export function notCurrent(
  root: string,
  plan: BuildPlan,
  images: ReadonlyMap<string, EngineImage>,
  done: 'pushed' | 'tested' | 'scanned',
): string {
  const why = whyNotCurrent(root, plan, images);
  return `${plan.document.reference} is not ${done}: ${why}. Run the docker-build target of ${plan.folder.project} first.`;
}

/** Why the image in the engine is not the current one. */
function whyNotCurrent(root: string, plan: BuildPlan, images: ReadonlyMap<string, EngineImage>): string {
  const image = images.get(plan.document.reference);
  const record = readRecord(root, plan.folder);
  if (!image) return `it is not in the engine (build ID ${shortId(plan.buildId)} is wanted)`;
  if (record?.buildId === plan.buildId && isBuilt(image, record)) {
    return changedParent(root, plan, record) ?? 'it is up to date by now';
  }
  return `it was not built from the current files (build ID ${shortId(plan.buildId)} is wanted)`;
}
