import type { BuildPlan } from '../../build-plan/plan.ts';
import type { BuildRun } from './build-run.ts';
import { changedSince } from './changed-since.ts';

/**
 * The engine may have read either content of a file that changed during the build, so the image matches no build ID.
 * @throws Error that names such files
 */
export async function refuseChanged(run: BuildRun, plan: BuildPlan): Promise<void> {
  const changed = await changedSince(run.root, plan);
  if (changed.length === 0) return;
  throw new Error(
    `${plan.document.reference} was built, but ${changed.slice(0, 3).join(', ')} changed meanwhile, so nobody knows ` +
      'what is in it. Build it again.',
  );
}
