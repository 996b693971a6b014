import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from '@nx-image-matrix/engine/private-folder';
import { compareImages, readArchive, type EngineImage, type ImageArchive } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { isBuilt } from '../../build-plan/decide.ts';
import { readRecord } from '../../build-plan/record.ts';
import { PARENTS_LABEL } from '../../staging/parents-label.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import type { BuildRun } from './build-run.ts';
import { describeDifference } from './describe-difference.ts';
import { lockImage } from './lock.ts';
import { onParents } from './on-parents.ts';
import { refuseChanged } from './refuse-changed.ts';
import { requestOf } from './request.ts';

/** Verifies an image, or each of its platforms that were built by themselves. */
export async function verifyAll(
  run: BuildRun,
  plans: readonly BuildPlan[],
  built: TaskOutcome,
  rebuildParent: (parent: BuildPlan) => Promise<void>,
): Promise<TaskOutcome> {
  let outcome = built;
  for (const plan of plans) {
    const next = await verify(run, plan, outcome, rebuildParent);
    outcome = { ...next, success: outcome.success && next.success };
  }
  return outcome;
}

/**
 * Builds an image a second time without cache, into an archive that is removed afterwards, and compares it with the
 * one that a run has just built, found or reused.
 *
 * @returns the outcome of the first build, with what the comparison says; not successful if they differ
 * @throws Error as a build does
 */
async function verify(
  run: BuildRun,
  plan: BuildPlan,
  first: TaskOutcome,
  rebuildParent: (parent: BuildPlan) => Promise<void>,
): Promise<TaskOutcome> {
  const release = await lockImage(run.root, plan.folder, {
    signal: run.signal,
    onWait: () =>
      run.report.note(plan.folder.project, `another run is building ${plan.document.reference}; waiting for it`),
  });
  const folder = makePrivateFolder();
  try {
    run.report.started(`building ${plan.document.reference} again to verify it`);
    const archive = join(folder, 'second.tar');
    const found = await firstImage(run, plan);
    const request = await requestOf(run, plan);
    await onParents(run, plan, {
      rebuild: rebuildParent,
      build: async (parents) => {
        // What is compared is the image, and attestations hold times.
        const { cache: _cache, attestations: _attestations, ...once } = await request(parents);
        const labels = withParentsOf(found, once.labels);
        await run.engine.buildArchive({ ...once, labels, noCache: true, pull: false }, archive);
      },
    });
    await refuseChanged(run, plan);
    return { ...first, ...(await compare(run, plan, found, await readArchive(archive), first, folder)) };
  } finally {
    release();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  run: BuildRun,
  plan: BuildPlan,
  found: FirstImage,
  second: ImageArchive,
  { output }: TaskOutcome,
  folder: string,
): Promise<Pick<TaskOutcome, 'success' | 'output' | 'saysTime'>> {
  const { reference, reproducible } = plan.document;
  const [only, ...others] = second.images;
  const digests = new Set([second.digest, ...(others.length === 0 ? [only?.config] : [])]);
  const same = found.digests.find((digest) => digests.has(digest));
  const difference =
    same === undefined ? await compareImages(await found.save(join(folder, 'first.tar')), second) : undefined;
  if (difference) {
    const text = describeDifference(reference, difference, {
      isReproducible: reproducible !== undefined,
      keepsFileTimes: run.engine.keepsFileTimes,
    });
    return { success: false, output: `${output}\n${text}` };
  }
  const digest = same ?? only?.config ?? '';
  const aside = reproducible ? '' : ', although `reproducible` is not set';
  return { success: true, output: `${output}\nverified: two builds of ${reference} have the digest ${digest}${aside}` };
}

/** An image from before the manifest had staging does not name its parents, which is no difference. */
function withParentsOf({ labels: first }: FirstImage, labels: Record<string, string>): Record<string, string> {
  const { [PARENTS_LABEL]: _parents, ...others } = labels;
  const parents = first[PARENTS_LABEL];
  return { ...others, ...(parents !== undefined && { [PARENTS_LABEL]: parents }) };
}

/** The image of the first build, wherever it is. */
interface FirstImage {
  labels: Readonly<Record<string, string>>;
  /** Its digest, and that of its configuration, as far as they are known. */
  digests: string[];
  /** Reads it from an archive that is written to this path. */
  save(path: string): Promise<ImageArchive>;
}

async function firstImage(run: BuildRun, plan: BuildPlan): Promise<FirstImage> {
  const { reference } = plan.document;
  const record = readRecord(run.root, plan.folder);
  const image = (await run.engine.images([reference])).get(reference);
  if (record?.buildId === plan.buildId && isBuilt(image, record)) return inEngine(run, reference, image);
  const staging = run.stagings.of(plan);
  const staged = await staging?.find(plan);
  if (!staging || !staged) throw new Error(`${reference} is gone, so there is nothing to compare with`);
  const name = `nx-image-matrix-verify:${plan.buildId.replace(/^sha256:/, '').slice(0, 32)}-${process.pid}`;
  return {
    labels: (await staging.labels(staged))[0] ?? {},
    digests: [staged.digest, ...(await staging.configs(staged))],
    async save(path) {
      try {
        await staging.pull(staged, name, run.engine, plan.folder.project);
        await run.engine.save(name, path, { signal: run.signal });
      } finally {
        await run.engine.remove(name).catch(() => {});
      }
      return readArchive(path);
    },
  };
}

function inEngine(run: BuildRun, reference: string, { id, digest, labels }: EngineImage): FirstImage {
  return {
    labels,
    digests: [id, ...(digest === undefined ? [] : [digest])],
    async save(path) {
      await run.engine.save(reference, path, { signal: run.signal });
      return readArchive(path);
    },
  };
}
