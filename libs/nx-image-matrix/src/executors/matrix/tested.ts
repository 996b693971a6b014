import type { BuildPlan } from '../../build-plan/plan.ts';
import type { ImageIdentity } from '../../build-plan/same-image.ts';
import { hasFailed } from '../../image-tests/pass.ts';
import { findPass } from '../../image-tests/passes.ts';
import type { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import type { StagedImages } from './staged-images.ts';

/**
 * Whether the image of the current files has passed the current test files; `unknown` if these have errors, or staging
 * does not answer; `none wanted` without tests.
 */
export type TestedState = 'passed' | 'failed' | 'not yet' | 'unknown' | 'none wanted';

/**
 * Reads the test files of an image, and looks for its pass here and in staging. Never fails.
 * @param current the image of the current files
 */
export async function testedState(
  workspaceRoot: string,
  plan: BuildPlan | undefined,
  current: ImageIdentity,
  { tests, staged }: { tests: TestsOfImages; staged: StagedImages },
): Promise<TestedState> {
  if (!plan) return 'unknown';
  try {
    const { digest } = tests.read(plan.folder.project);
    if (hasFailed(workspaceRoot, plan.folder, digest, current)) return 'failed';
    const candidate = { imageId: current.imageId, ...staged.candidateOf(plan) };
    if (await findPass(workspaceRoot, plan, digest, candidate)) return 'passed';
    return staged.stateOf(plan) === 'unknown' ? 'unknown' : 'not yet';
  } catch {
    return 'unknown';
  }
}
