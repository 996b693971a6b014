import { likelyPlatforms } from '@nx-image-matrix/engine';
import { changedParent } from '../../build-plan/parents.ts';
import type { BuildRecord } from '../../build-plan/record.ts';
import { readRecord } from '../../build-plan/record.ts';
import { BuildPlanner, type BuildPlan } from '../../build-plan/plan.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { ImagesOfEngine } from './engine-images.ts';
import type { FoundImage, ImageRow } from './images.ts';
import { builtState, pushedState, type BuiltState, type PushedState } from './state.ts';

/** What `docker-matrix --json` prints for each image. */
export interface MatrixRow extends ImageRow {
  /** Build ID of the current files; null when they cannot be read. */
  buildId: string | null;
  built: BuiltState;
  pushed: PushedState;
  /** The record of the last build on this machine, without what only a rebuild needs. */
  lastBuild: LastBuild | null;
}

/** `dist/<project root>/build.json`, as far as a reader wants to see it. */
type LastBuild = Omit<BuildRecord, 'reference' | 'tags' | 'ingredients' | 'parents'>;

/**
 * Adds to each image how it was built and pushed. Reads build records and the files that go into build IDs, and asks the
 * engine one question; without an engine it says `unknown`.
 */
export async function withBuildStates(
  workspaceRoot: string,
  found: readonly FoundImage[],
  folders: ReadonlyMap<string, ImageFolder>,
  askEngine: (references: string[]) => Promise<ImagesOfEngine>,
): Promise<{ rows: MatrixRow[]; engine: ImagesOfEngine }> {
  const records = new Map(found.map(({ folder }) => [folder.project, readRecord(workspaceRoot, folder)]));
  const engine = await askEngine(referencesOf(found, records));
  const planner = new BuildPlanner(workspaceRoot, folders, engine.platforms ?? likelyPlatforms(process.env));
  const plans = await Promise.all(found.map(({ folder }) => planOf(planner, folder)));
  const rows = found.map(({ row }, index): MatrixRow => {
    const record = records.get(row.project);
    const plan = plans[index];
    const isCurrent = plan !== undefined && isOfPlan(workspaceRoot, plan, record);
    return {
      ...row,
      buildId: plan?.buildId ?? null,
      built: builtState(row.reference, isCurrent, record, engine.images),
      pushed: pushedState(row, isCurrent, record),
      lastBuild: record ? lastBuildOf(record) : null,
    };
  });
  return { rows, engine };
}

/** Whether the last build was of the current files, on the parents that there are now. */
function isOfPlan(workspaceRoot: string, plan: BuildPlan, record: BuildRecord | undefined): boolean {
  return record?.buildId === plan.buildId && changedParent(workspaceRoot, plan, record) === undefined;
}

function referencesOf(found: readonly FoundImage[], records: ReadonlyMap<string, BuildRecord | undefined>): string[] {
  return [
    ...new Set(
      found.flatMap(({ row }) => {
        const record = records.get(row.project);
        return record ? [row.reference, record.reference] : [];
      }),
    ),
  ];
}

/** Files that are missing are shown as stale; they are no failure of the table. */
async function planOf(planner: BuildPlanner, folder: ImageFolder): Promise<BuildPlan | undefined> {
  try {
    return await planner.plan(folder);
  } catch {
    return undefined;
  }
}

function lastBuildOf({
  reference: _reference,
  tags: _tags,
  ingredients: _ingredients,
  parents: _parents,
  ...record
}: BuildRecord): LastBuild {
  return record;
}
