import type { BuildPlan } from './plan.ts';
import { readRecord, type BuildRecord } from './record.ts';

/**
 * Why an image was not built on its current parents, according to the records of their builds; `undefined` if it was. A
 * build ID does not tell: a parent may be rebuilt from the same files on a newer base image.
 */
export function changedParent(
  workspaceRoot: string,
  plan: BuildPlan,
  record: BuildRecord | undefined,
): string | undefined {
  for (const parent of plan.parents) {
    const { project } = parent.folder;
    const now = readRecord(workspaceRoot, parent.folder);
    if (now?.buildId !== parent.buildId) return `its parent ${project} is not built from the current files`;
    const above = changedParent(workspaceRoot, parent, now);
    if (above !== undefined) return `its parent ${project} is out of date: ${above}`;
    // Records of earlier versions do not contain it, and another build costs little.
    if (!record?.parents) return `it is not recorded which ${project} it was built on`;
    if (!Object.values(record.parents).includes(now.imageId)) return `its parent ${project} was rebuilt`;
  }
  return undefined;
}
