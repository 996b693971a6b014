import { likelyPlatforms } from '@nx-image-matrix/engine';
import { changedParent } from '../../build-plan/parents.ts';
import type { BuildRecord } from '../../build-plan/record.ts';
import { readRecord } from '../../build-plan/record.ts';
import { BuildPlanner, type BuildPlan } from '../../build-plan/plan.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { ImagesOfEngine } from './engine-images.ts';
import { builtState, pushedState, type BuiltState, type PushedState, type StagedState } from './state.ts';

/** One image in the output of `docker-matrix --json`. */
export interface MatrixRow extends Omit<ImageFolder, 'contextDir' | 'digest'> {
  /** Build ID of the current files; null if they cannot be read. */
  buildId: string | null;
  built: BuiltState;
  staged: StagedState;
  pushed: PushedState;
  /** The record of the last build on this machine, without the fields that only builds need. */
  lastBuild: LastBuild | null;
}

/** The images of one manifest, sorted by folder; numbers are sorted numerically. */
export function imagesOfManifest(manifest: string, folders: ReadonlyMap<string, ImageFolder>): ImageFolder[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...folders.values()].filter((folder) => folder.manifest === manifest).sort((a, b) => compare(a.root, b.root));
}

/** The fields of `dist/<project root>/build.json` to show. */
type LastBuild = Omit<BuildRecord, 'reference' | 'tags' | 'ingredients' | 'parents'>;

/**
 * Adds the build and push state to each image. Reads build records and the files of build IDs, and asks the engine
 * and the staging repository; if one does not answer, the state is `unknown`.
 */
export async function withBuildStates(
  workspaceRoot: string,
  images: readonly ImageFolder[],
  folders: ReadonlyMap<string, ImageFolder>,
  askEngine: (references: string[]) => Promise<ImagesOfEngine>,
  askStaging: (plans: readonly BuildPlan[]) => Promise<(plan: BuildPlan | undefined) => StagedState>,
): Promise<{ rows: MatrixRow[]; engine: ImagesOfEngine }> {
  const records = new Map(images.map((image) => [image.project, readRecord(workspaceRoot, image)]));
  const engine = await askEngine(referencesOf(images, records));
  const planner = new BuildPlanner(workspaceRoot, folders, engine.platforms ?? likelyPlatforms(process.env));
  const plans = await Promise.all(images.map((image) => planOf(planner, image)));
  const stagedState = await askStaging(plans.filter((plan) => plan !== undefined));
  const rows = images.map(({ contextDir: _context, digest: _digest, ...row }, index): MatrixRow => {
    const record = records.get(row.project);
    const plan = plans[index];
    const isCurrent = plan !== undefined && isOfPlan(workspaceRoot, plan, record);
    return {
      ...row,
      buildId: plan?.buildId ?? null,
      built: builtState(row.reference, isCurrent, record, engine.images),
      staged: stagedState(plan),
      pushed: pushedState(row, isCurrent, record),
      lastBuild: record ? lastBuildOf(record) : null,
    };
  });
  return { rows, engine };
}

/** Whether the last build used the current files and parents. */
function isOfPlan(workspaceRoot: string, plan: BuildPlan, record: BuildRecord | undefined): boolean {
  return record?.buildId === plan.buildId && changedParent(workspaceRoot, plan, record) === undefined;
}

function referencesOf(images: readonly ImageFolder[], records: ReadonlyMap<string, BuildRecord | undefined>): string[] {
  return [
    ...new Set(
      images.flatMap(({ project, reference }) => {
        const record = records.get(project);
        return record ? [reference, record.reference] : [];
      }),
    ),
  ];
}

/** Missing files count as stale; the table does not fail. */
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
