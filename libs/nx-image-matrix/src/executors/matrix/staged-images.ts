import type { BuildPlan } from '../../build-plan/plan.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { Stagings } from '../../staging/stagings.ts';
import { quiet } from '../progress/reporter.ts';
import type { StagedState } from './state.ts';

/** Milliseconds that a table waits for a registry. */
const PATIENCE = 5_000;

/**
 * Asks the staging repository of a manifest for images; returns their states. Never fails and never waits long, because a
 * table must not require a registry.
 */
export async function askStaging(
  root: string,
  manifest: string,
  insecure: readonly string[],
  plans: readonly BuildPlan[],
): Promise<(plan: BuildPlan | undefined) => StagedState> {
  const signal = AbortSignal.timeout(PATIENCE);
  const access = registryAccess({ insecure, signal });
  const stagings = new Stagings(root, [manifest], { access, insecure, signal, report: quiet });
  if (stagings.isEmpty) return () => 'none wanted';
  const found = new Map<BuildPlan, boolean>();
  try {
    await stagings.prefetch(plans);
    for (const plan of plans) found.set(plan, (await stagings.of(plan)?.find(plan)) !== undefined);
  } catch {
    // Without an answer in time, what was found until then is shown.
  }
  const isUsable = plans.every((plan) => stagings.of(plan)?.isReadable ?? false);
  return (plan) => {
    const isThere = plan && isUsable ? found.get(plan) : undefined;
    return isThere === undefined ? 'unknown' : isThere ? 'staged' : 'not staged';
  };
}
