import type { BuildPlan } from '../../build-plan/plan.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { isOnlyHere } from '../../staging/is-only-here.ts';
import type { StagedImage } from '../../staging/staged-image.ts';
import type { Staging } from '../../staging/staging.ts';
import { Stagings } from '../../staging/stagings.ts';
import { quiet } from '../progress/reporter.ts';
import type { StagedState } from './state.ts';

/** Milliseconds that a table waits for a registry. */
const PATIENCE = 5_000;

/** What the staging repository of a manifest has of its images. */
export interface StagedImages {
  stateOf(plan: BuildPlan | undefined): StagedState;
  /** The repository and the image in it; empty if it is not there. */
  candidateOf(plan: BuildPlan): { staging?: Staging; staged?: StagedImage };
}

/**
 * Asks the staging repository of a manifest for images. Never fails and never waits long, because a table must not
 * require a registry.
 */
export async function askStaging(
  root: string,
  manifest: string,
  insecure: readonly string[],
  plans: readonly BuildPlan[],
): Promise<StagedImages> {
  const signal = AbortSignal.timeout(PATIENCE);
  const access = registryAccess({ insecure, signal });
  const stagings = new Stagings(root, [manifest], { access, insecure, signal, report: quiet });
  if (stagings.isEmpty) return { stateOf: () => 'none wanted', candidateOf: () => ({}) };
  const found = new Map<BuildPlan, StagedImage | undefined>();
  try {
    await stagings.prefetch(plans);
    for (const plan of plans) found.set(plan, await stagings.of(plan)?.find(plan));
  } catch {
    // Without an answer in time, what was found until then is shown.
  }
  const isUsable = plans.every((plan) => stagings.of(plan)?.isReadable ?? false);
  return {
    stateOf: (plan) => {
      if (!plan || !isUsable || !found.has(plan)) return 'unknown';
      return found.get(plan) ? 'staged' : 'not staged';
    },
    candidateOf: (plan) => {
      const [staging, staged] = [stagings.of(plan), found.get(plan)];
      return staging && staged && !isOnlyHere(root, plan) ? { staging, staged } : {};
    },
  };
}
