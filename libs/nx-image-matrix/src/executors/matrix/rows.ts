import { likelyPlatforms, mapLimited } from '@nx-image-matrix/engine';
import { dayOf } from '@nx-image-matrix/scan';
import { isAttested } from '../../build-plan/attestations.ts';
import { changedParent } from '../../build-plan/parents.ts';
import type { BuildRecord } from '../../build-plan/record.ts';
import { readRecord } from '../../build-plan/record.ts';
import { BuildPlanner, type BuildPlan } from '../../build-plan/plan.ts';
import type { ImageIdentity } from '../../build-plan/same-image.ts';
import type { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import type { StagedImage } from '../../staging/staged-image.ts';
import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { ImagesOfEngine } from './engine-images.ts';
import { scannedState, type LastScan, type ScannedState } from './scanned.ts';
import type { StagedImages } from './staged-images.ts';
import { builtState, pushedState, type BuiltState, type PushedState, type StagedState } from './state.ts';
import { testedState, type TestedState } from './tested.ts';

/** Questions to a staging repository at once. */
const AT_ONCE = 8;

/** One image in the output of `docker-matrix --json`. */
export interface MatrixRow extends Omit<ImageFolder, 'contextDir' | 'digest'> {
  /** Build ID of the current files; null if they cannot be read. */
  buildId: string | null;
  built: BuiltState;
  staged: StagedState;
  tested: TestedState;
  scanned: ScannedState;
  pushed: PushedState;
  /** The record of the last build on this machine, without the fields that only builds need. */
  lastBuild: LastBuild | null;
  /** The last scan on this machine, of any build of the image. */
  lastScan: LastScan | null;
}

/** The images of one manifest, sorted by folder; numbers are sorted numerically. */
export function imagesOfManifest(manifest: string, folders: ReadonlyMap<string, ImageFolder>): ImageFolder[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...folders.values()].filter((folder) => folder.manifest === manifest).sort((a, b) => compare(a.root, b.root));
}

/** The fields of `dist/<project root>/build.json` to show. */
type LastBuild = Omit<BuildRecord, 'reference' | 'tags' | 'ingredients' | 'parents'>;

/** Where the states of images come from. */
interface StateSources {
  folders: ReadonlyMap<string, ImageFolder>;
  tests: TestsOfImages;
  askEngine: (references: string[]) => Promise<ImagesOfEngine>;
  askStaging: (plans: readonly BuildPlan[]) => Promise<StagedImages>;
}

/**
 * Adds the states of each image: built, staged, tested, scanned and pushed. Reads what builds, tests and scans have
 * recorded and the files of build IDs, and asks the engine and the staging repository; if one does not answer, the state
 * is `unknown`.
 */
export async function withBuildStates(
  workspaceRoot: string,
  images: readonly ImageFolder[],
  { folders, tests, askEngine, askStaging }: StateSources,
): Promise<{ rows: MatrixRow[]; engine: ImagesOfEngine }> {
  const records = new Map(images.map((image) => [image.project, readRecord(workspaceRoot, image)]));
  const engine = await askEngine(referencesOf(images, records));
  const planner = new BuildPlanner(workspaceRoot, folders, engine.platforms ?? likelyPlatforms(process.env));
  const plans = await Promise.all(images.map((image) => planOf(planner, image)));
  const staged = await askStaging(plans.filter((plan) => plan !== undefined));
  const today = dayOf(new Date());
  const rowOf = async (folder: ImageFolder, plan: BuildPlan | undefined): Promise<MatrixRow> => {
    const { contextDir: _context, digest: _digest, ...row } = folder;
    const record = records.get(row.project);
    const isCurrent = plan !== undefined && isOfPlan(workspaceRoot, plan, record);
    const built = builtState(row.reference, isCurrent, record, engine.images);
    const current = identityOf(built, record, plan && staged.candidateOf(plan).staged);
    return {
      ...row,
      buildId: plan?.buildId ?? null,
      built,
      staged: staged.stateOf(plan),
      tested: row.tests ? await testedState(workspaceRoot, plan, current, { tests, staged }) : 'none wanted',
      ...scannedState(workspaceRoot, folder, current, today),
      pushed: pushedState(row, isCurrent, record),
      lastBuild: record ? lastBuildOf(record) : null,
    };
  };
  const pairs = images.map((folder, index) => [folder, plans[index]] as const);
  return { rows: await mapLimited(pairs, AT_ONCE, ([folder, plan]) => rowOf(folder, plan)), engine };
}

/** The image of the current files: the staged one if there is one, since that is pushed, else the engine's. */
function identityOf(
  built: BuiltState,
  record: BuildRecord | undefined,
  staged: StagedImage | undefined,
): ImageIdentity {
  const isHere = built === 'built' || built === 'unknown';
  const own = record && isHere && (!staged || record.staging?.digest === staged.digest) ? record : undefined;
  return { ...(own && { imageId: own.imageId }), ...(staged && { digest: staged.digest }) };
}

/** Whether the last build used the current files and parents, and attested what is wanted. */
function isOfPlan(workspaceRoot: string, plan: BuildPlan, record: BuildRecord | undefined): boolean {
  if (record?.buildId !== plan.buildId || changedParent(workspaceRoot, plan, record) !== undefined) return false;
  return isAttested(record.attestations, plan.document.attestations);
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
