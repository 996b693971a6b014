import { readRecord, type BuildRecord } from '../../build-plan/record.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { isOnlyHere } from '../../staging/is-only-here.ts';
import type { Stagings } from '../../staging/stagings.ts';
import type { PushPlan } from './prepare.ts';
import { fromStaging, type PushSource } from './push-image.ts';

/** The images that are pushed from staging: all that are there, except where this machine has built a newer one. */
export async function stagedSources(
  root: string,
  plans: readonly PushPlan[],
  stagings: Stagings,
): Promise<ReadonlyMap<BuildPlan, PushSource>> {
  const sources = new Map<BuildPlan, PushSource>();
  if (stagings.isEmpty) return sources;
  await stagings.prefetch(plans.map(({ plan }) => plan));
  for (const { plan } of plans) {
    const staging = stagings.of(plan);
    const staged = await staging?.find(plan);
    if (staging && staged && !isOnlyHere(root, plan)) {
      sources.set(plan, fromStaging(staging, plan, staged, readCurrentRecord(root, plan)));
    }
  }
  return sources;
}

function readCurrentRecord(root: string, plan: BuildPlan): BuildRecord | undefined {
  const record = readRecord(root, plan.folder);
  return record?.buildId === plan.buildId ? record : undefined;
}
