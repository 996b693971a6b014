import { EngineError, type Builder, type EngineImage, type Pin, type RemoteParent } from '@nx-image-matrix/engine';
import { isBuilt } from '../../build-plan/decide.ts';
import { changedParent } from '../../build-plan/parents.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, writeRecord } from '../../build-plan/record.ts';
import { shortId } from '../../format/describe.ts';
import type { BuildRun } from './build-run.ts';

/** The own parents that a build starts from. */
export interface Parents {
  /** Those in the engine. */
  pins: Pin[];
  /** Those that are only in staging. */
  remote: RemoteParent[];
  /** Their digests, by reference, as far as they are known. */
  digests: Map<string, string>;
  /** Their IDs, by reference, as their records have them. */
  ids: Record<string, string>;
}

/**
 * The current parents of an image: in the engine, else in staging.
 * @param rebuild builds a parent that was in staging, or in the engine, and is gone.
 * @throws Error if one is missing or is another image: it would silently be pulled from a registry, or be stale.
 */
export async function parentsOf(
  run: BuildRun,
  plan: BuildPlan,
  rebuild: (parent: BuildPlan) => Promise<void>,
): Promise<Parents> {
  const found: Parents = { pins: [], remote: [], digests: new Map(), ids: {} };
  if (plan.parents.length === 0) return found;
  const images = await run.engine.images(plan.parents.map((parent) => parent.document.reference));
  for (const parent of plan.parents) await addParent(run, parent, images, found, rebuild);
  return found;
}

async function addParent(
  run: BuildRun,
  parent: BuildPlan,
  images: ReadonlyMap<string, EngineImage>,
  found: Parents,
  rebuild: (parent: BuildPlan) => Promise<void>,
): Promise<void> {
  const { reference } = parent.document;
  const record = readRecord(run.root, parent.folder);
  const image = images.get(reference);
  const staging = run.stagings.of(parent);
  const there = await staging?.findAgain(parent);
  const kept = there && (await staging?.keepJoined(parent, there));
  // What could not be joined there cannot be started from.
  const staged = kept?.joined?.index ? undefined : kept;
  const problem = problemOf(run, parent, image);
  const isOlder = staged !== undefined && record?.staging !== undefined && record.staging.digest !== staged.digest;
  if (image && problem === undefined && !isOlder && !run.engine.builder) {
    found.pins.push({ reference, image });
    const digest = record?.staging?.digest ?? image.digest;
    if (digest !== undefined) found.digests.set(reference, digest);
    found.ids[reference] = image.id;
    if (record?.staging && !staged && staging?.isReadable) putAgain(run, parent);
  } else if (staging && staged) {
    found.remote.push({ reference, source: staging.source(staged) });
    found.digests.set(reference, staged.digest);
    found.ids[reference] = record?.imageId ?? staged.digest;
  } else if (run.engine.builder && !staging) {
    throw needsStaging(run.engine.builder, reference);
  } else if (staging && record?.buildId === parent.buildId) {
    await rebuild(parent);
    await addParent(run, parent, await run.engine.images([reference]), found, missing);
  } else {
    throw new Error(
      `its parent ${reference} ${problem}. Run the docker-build target of ${parent.folder.project} first; ` +
        '"nx run" does so by itself unless --exclude-task-dependencies is given.',
    );
  }
}

function needsStaging({ name }: Builder, parent: string): EngineError {
  return new EngineError(
    'unsupported',
    `the builder "${name}" does not see ${parent}, which is an image of the engine`,
    {
      hint: 'set `staging` in the manifest: parents are then taken from there; or build without this builder',
    },
  );
}

/** The next run puts a parent into staging that is gone from there: what starts from it counts only then. */
function putAgain({ root }: BuildRun, { folder }: BuildPlan): void {
  const { staging: _, ...record } = readRecord(root, folder) ?? {};
  if ('imageId' in record) writeRecord(root, folder, record);
}

async function missing({ document }: BuildPlan): Promise<void> {
  throw new Error(`its parent ${document.reference} was built, and is gone from the engine and from staging`);
}

/** Why the image in the engine is not the current one; `undefined` if it is. */
function problemOf(run: BuildRun, parent: BuildPlan, image: EngineImage | undefined): string | undefined {
  if (!image) return 'is not in the engine';
  const record = readRecord(run.root, parent.folder);
  if (record?.buildId !== parent.buildId || !isBuilt(image, record)) {
    return `is another image (${shortId(image.id)}) than was built from its files`;
  }
  const changed = changedParent(run.root, parent, record);
  return changed === undefined ? undefined : `is out of date (${changed})`;
}
