import { isAttested } from '../build-plan/attestations.ts';
import type { BuildPlan } from '../build-plan/plan.ts';
import { readRecord } from '../build-plan/record.ts';

/** Whether this machine has built an image and could not put it into staging, so what is there may be older. */
export function isOnlyHere(workspaceRoot: string, plan: BuildPlan): boolean {
  const record = readRecord(workspaceRoot, plan.folder);
  if (record?.buildId !== plan.buildId || record.staging !== undefined) return false;
  return isAttested(record.attestations, plan.document.attestations);
}
