import type { EngineImage } from '@nx-image-matrix/engine';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { isUnattested } from '../../build-plan/attestations.ts';
import { partsOf } from '../../build-plan/built-from.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, writeRecord, type BuildRecord } from '../../build-plan/record.ts';
import { shortId } from '../../format/describe.ts';
import { digestsIn, PARENTS_LABEL } from '../../staging/parents-label.ts';
import { isBroken } from '../../staging/is-broken.ts';
import { isOnlyHere } from '../../staging/is-only-here.ts';
import type { StagedImage } from '../../staging/staged-image.ts';
import type { Staging } from '../../staging/staging.ts';
import { recordOf } from '../../staging/stagings.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { isPulled, type BuildRun } from './build-run.ts';

/** Reuses an image that any machine has built; `undefined` if there is none, and it must be built. */
export async function reuseStaged(run: BuildRun, plan: BuildPlan): Promise<TaskOutcome | undefined> {
  const staging = run.stagings.of(plan);
  const staged = await staging?.find(plan);
  if (!staging || !staged || plan.parents.some((parent) => isOnlyHere(run.root, parent))) return undefined;
  return takeOver(run, plan, staging, staged);
}

/** Records a staged image as that of a plan; `undefined` if it should be pulled and cannot be. */
export async function takeOver(
  run: BuildRun,
  plan: BuildPlan,
  staging: Staging,
  found: StagedImage,
): Promise<TaskOutcome | undefined> {
  const staged = await staging.keepJoined(plan, found);
  const { reference, tags } = plan.document;
  const { project } = plan.folder;
  const started = performance.now();
  let image: EngineImage | undefined;
  if (isPulled(run, plan)) {
    run.report.started(`pulling ${reference} from staging`);
    try {
      await staging.pull(staged, reference, run.engine, project);
      image = (await run.engine.images([reference])).get(reference);
    } catch (error) {
      run.signal.throwIfAborted();
      run.report.note(project, `${messageOf(error)}; building it`);
      staging.refuse(plan, staged, isBroken(error));
      return undefined;
    }
  }
  writeRecord(run.root, plan.folder, {
    reference,
    tags,
    imageId: image?.id ?? staged.digest,
    buildId: plan.buildId,
    parents: Object.fromEntries(plan.parents.map((parent) => [parent.document.reference, idOf(run, parent)])),
    size: image?.size ?? null,
    platform: plan.platforms.length === 1 ? (plan.platforms[0] ?? null) : null,
    duration: Math.round(performance.now() - started),
    engine: `${run.engine.name} ${run.engine.version}`.trim(),
    from: 'staging',
    staging: recordOf(staged),
    ...(plan.document.attestations && { attestations: plan.document.attestations }),
    reason: 'reused from staging',
    builtAt: new Date().toISOString(),
    ingredients: plan.ingredients,
    pushed: {},
  });
  const joined = found.joined?.index
    ? `joined from ${partsOf(plan)
        .flatMap(({ platforms }) => platforms)
        .join(' and ')}; `
    : '';
  const facts = `${joined}${image ? 'pulled' : 'not pulled'}; build ID ${shortId(plan.buildId)}`;
  return { success: true, output: `${reference} reused from staging (${facts})` };
}

function idOf({ root, stagings }: BuildRun, parent: BuildPlan): string {
  return readRecord(root, parent.folder)?.imageId ?? stagings.of(parent)?.reference(parent.buildId) ?? '';
}

/**
 * Puts an image that the engine has into staging, if it is not there yet.
 *
 * @returns what else to do: nothing, take over what another machine has put there, or build it again, since an image
 * from before staging does not name its parents.
 */
export async function stageCurrent(
  run: BuildRun,
  plan: BuildPlan,
  image: EngineImage,
): Promise<'nothing' | 'reuse' | 'build'> {
  const staging = run.stagings.of(plan);
  const record = readRecord(run.root, plan.folder);
  if (!staging || !record || isStaged(run, plan, record)) return 'nothing';
  const replace = record.forced === true;
  const there = replace ? undefined : await staging.find(plan);
  if (there) {
    await staging.removeName(plan.buildId, run.engine);
    if (there.digest !== image.digest) return 'reuse';
    writeRecord(run.root, plan.folder, { ...record, staging: recordOf(there) });
    return 'nothing';
  }
  // An engine that has pulled an image does not have its attestations.
  if (plan.document.attestations && record.from === 'staging') return canAttestAgain(run, plan, image, staging);
  const parents = await Promise.all(plan.parents.map((parent) => staging.find(parent)));
  if (parents.some((parent) => !parent)) return 'nothing';
  const label = image.labels[PARENTS_LABEL];
  if (label === undefined && plan.parents.length > 0) return staging.isWritable ? 'build' : 'nothing';
  const wanted = parents.flatMap((parent) => parent?.digest ?? []).toSorted();
  const isOutdated = String(digestsIn(label).toSorted()) !== String(wanted);
  const { id, size } = image;
  const staged = isOutdated ? 'outdated' : await staging.put(plan, { id, size, parents: wanted }, run.engine, replace);
  if (staged === 'outdated') return canRebuild(run, plan, staging) ? 'build' : 'nothing';
  if (!staged) return 'nothing';
  if (!staged.own) return 'reuse';
  writeRecord(run.root, plan.folder, { ...record, staging: recordOf(staged) });
  return 'nothing';
}

function canAttestAgain(
  run: BuildRun,
  plan: BuildPlan,
  { digest }: EngineImage,
  staging: Staging,
): 'nothing' | 'build' {
  return digest !== undefined && canRebuild(run, plan, staging) ? 'build' : 'nothing';
}

/** Whether another build would start from the parents that are staged, and could be put there. */
export function canRebuild({ root }: BuildRun, { parents }: BuildPlan, staging: Staging): boolean {
  return staging.isWritable && !parents.some((parent) => isOnlyHere(root, parent));
}

/** After a run that was killed while it put an image into staging, and an edit: nothing else would find what it has left. */
export async function cleanUp(run: BuildRun, plan: BuildPlan): Promise<void> {
  const record = readRecord(run.root, plan.folder);
  if (!record || record.staging || record.from !== 'build' || record.buildId === plan.buildId) return;
  await run.stagings.of(plan)?.removeName(record.buildId, run.engine);
}

/** Whether nothing is to be put into staging. */
export function isStaged({ root, stagings }: BuildRun, plan: BuildPlan, record: BuildRecord | undefined): boolean {
  const staging = stagings.of(plan);
  return !staging?.isWritable || record?.staging !== undefined || isUnattested(root, plan);
}
