import type { BuildPlan } from '../build-plan/plan.ts';
import { findStagedPass, putStagedPass } from '../staging/staged-passes.ts';
import type { StagedImage } from '../staging/staged-image.ts';
import type { Staging } from '../staging/staging.ts';
import { hasFailed, readPass, writePass, type TestPass } from './pass.ts';

/** An image that may have passed its tests: in the engine, in staging, or both. */
export interface Candidate {
  imageId?: string | undefined;
  staging?: Staging | undefined;
  staged?: StagedImage | undefined;
}

/** The pass of exactly this image and these tests: on this machine, else in staging; `undefined` if there is none. */
export async function findPass(
  root: string,
  { folder, document: { reference } }: BuildPlan,
  tests: string,
  { imageId, staging, staged }: Candidate,
): Promise<TestPass | undefined> {
  const image = { ...(imageId !== undefined && { imageId }), ...(staged && { digest: staged.digest }) };
  const own = readPass(root, folder, tests, image);
  if (own || !staging || !staged || hasFailed(root, folder, tests, image)) return own;
  const shared = await findStagedPass(staging, staged, tests);
  return shared && { reference, imageId: imageId ?? staged.digest, digest: staged.digest, tests, ...shared };
}

/** Records a pass on this machine, and in staging if the image is there. */
export async function keepPass(
  root: string,
  { folder }: BuildPlan,
  { staging, staged }: Candidate,
  pass: TestPass,
): Promise<void> {
  writePass(root, folder, pass);
  if (staging && staged && !pass.unsettled) await putStagedPass(staging, staged, pass);
}
