import { join } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExecutorContext } from '@nx/devkit';
import { removeStaleFolders, type BuiltImage, type EngineImage } from '@nx-image-matrix/engine';
import { removeLeftovers } from '../../matrix/write-image.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import { engineChoice } from '../../options/resolve-options.ts';
import { describeError, shortId } from '../../format/describe.ts';
import { duration, size } from '@nx-image-matrix/format';
import { groupTasks, inGroups, type TaskGroup } from '../groups.ts';
import { runInOrder, type Job, type Times } from '../schedule.ts';
import { passwordVariables } from '../../repositories/passwords.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { secretFiles } from '../../secrets/refuse-secrets.ts';
import { findEngineOrNone } from '../../staging/find-engine.ts';
import { missingParts } from '../../staging/missing-parts.ts';
import type { Staging } from '../../staging/staging.ts';
import { recordOf, Stagings } from '../../staging/stagings.ts';
import type { Reporter } from '../progress/reporter.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { readBuildEnvironment } from './build-environment.ts';
import { attestationsIn, isPulled, type BuildRun } from './build-run.ts';
import { buildSomewhere } from './build-somewhere.ts';
import { isUnattested } from '../../build-plan/attestations.ts';
import { decide, isBuilt, type Decision } from '../../build-plan/decide.ts';
import { changedParent } from '../../build-plan/parents.ts';
import { PARENTS_LABEL } from '../../staging/parents-label.ts';
import { lockImage, removeStaleLock } from './lock.ts';
import { missingPlatforms } from './missing-platforms.ts';
import { MOST_BUILDS, onParents } from './on-parents.ts';
import { canRebuild, cleanUp, isStaged, reuseStaged, stageCurrent, takeOver } from './reuse.ts';
import { refuseChanged } from './refuse-changed.ts';
import { requestOf } from './request.ts';
import { selectPlatforms } from './selected-platforms.ts';
import { verifyAll } from './verify.ts';
import { BuildPlanner, retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, removeStaleRecords, writeRecord, type BuildRecord } from '../../build-plan/record.ts';

/** Options of the `build` executor. */
export interface BuildOptions {
  /** Build even if the image is up to date. */
  force?: boolean;
  /** Build a second time, and compare the two images. */
  verify?: boolean;
}

interface BuildTask {
  project: string;
  options: BuildOptions;
}

type Outcomes = AsyncGenerator<[project: string, outcome: TaskOutcome, times?: Times]>;

/** Builds images in dependency order, engine by engine, and yields the outcome of each. */
export async function* buildImages(
  tasks: readonly BuildTask[],
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
  signal: AbortSignal,
  report: Reporter,
): Outcomes {
  const optionsOf = manifestOptions(context.nxJsonConfiguration ?? {}, context.root);
  const folders = imageFolders(context);
  const groups = groupTasks(tasks, folders, optionsOf, (options) => JSON.stringify(engineChoice(options)));
  yield* inGroups(
    groups,
    (group) => buildGroup(group, { root: context.root, folders, optionsOf, signal, report }),
    (project, error) => ({ success: false, output: describeError(error, project) }),
  );
}

async function* buildGroup(
  { engine: choice, maxParallel, tasks }: TaskGroup<BuildTask>,
  context: Pick<BuildRun, 'root' | 'optionsOf' | 'signal' | 'report'> & { folders: ReadonlyMap<string, ImageFolder> },
): Outcomes {
  const { folders, ...shared } = context;
  const environment = readBuildEnvironment(process.env);
  const manifests = tasks.flatMap(({ project }) => folders.get(project)?.manifest ?? []);
  const { report, signal } = context;
  const insecure = [...new Set(manifests.flatMap((manifest) => context.optionsOf(manifest).insecureRegistries))];
  const access = registryAccess({ insecure, signal });
  const stagings = new Stagings(context.root, manifests, { access, insecure, signal, report, isOptional: true });
  const { engine, withoutEngine } = await findEngineOrNone(choice, stagings);
  const planner = new BuildPlanner(context.root, folders, engine.platforms, retryTimeout);
  const plans = new Map<string, BuildPlan>();
  removeStaleFolders();
  for (const { project } of tasks) {
    const plan = await planOrProblem(planner, stagings, folders.get(project), project);
    if ('success' in plan) yield [project, plan];
    else {
      removeStaleRecords(context.root, plan.folder);
      removeStaleLock(context.root, plan.folder);
      removeLeftovers(
        context.root,
        join(context.root, plan.folder.root),
        plan.folder.files.map((path) => ({ path })),
      );
      plans.set(project, plan);
    }
  }
  if (plans.size === 0) return;
  const passwords = passwordVariables(context.root, new Set([...folders.values()].map(({ manifest }) => manifest)));
  const files = secretFiles(context.root, folders.values());
  const run: BuildRun = {
    ...shared,
    engine,
    withoutEngine,
    planner,
    environment,
    stagings,
    passwords,
    secretFiles: files,
  };
  const images = await engine.images(referencesOf(context.root, plans.values()));
  const forced = new Set(tasks.filter((task) => task.options.force).map(({ project }) => project));
  const verified = new Set(tasks.filter((task) => task.options.verify).map(({ project }) => project));
  const selected = new Map(
    [...plans].map(([project, plan]) => [project, selectPlatforms(plan, environment.platforms)]),
  );
  const all = [...selected.values()].flat();
  const missing = await missingPlatforms(unbuilt(all, context.root, images), context.optionsOf, signal);
  const jobs = [...plans].map(([project, plan]) => {
    const record = readRecord(context.root, plan.folder);
    const parts = selected.get(project) ?? [];
    const start = { record, images, force: environment.refresh || forced.has(project) };
    return buildJob(run, plan, { ...start, parts, problem: missing.get(project), verifies: verified.has(project) });
  });
  if (engine.keepsFileTimes !== undefined) noteFileTimes([...plans.values()], run, engine.keepsFileTimes);
  stagings.warnOfUnlocked([...plans.values()], (line) => report.note('staging', line));
  if (!stagings.isEmpty) await stagings.prefetch(unbuilt(all, context.root, images));
  try {
    yield* runInOrder(jobs, maxParallel, run.signal);
  } finally {
    await access.close();
  }
}

function noteFileTimes(plans: readonly BuildPlan[], { engine, report }: BuildRun, hint: string): void {
  if (!plans.some(({ document }) => document.reproducible)) return;
  const message = `${engine.name} cannot change the times of files, so a RUN that writes files gives another image each time: ${hint}`;
  report.note('reproducible', message);
}

/** The plans whose images the engine does not have, as far as is known before the first build. */
function unbuilt(plans: readonly BuildPlan[], root: string, images: ReadonlyMap<string, EngineImage>): BuildPlan[] {
  return plans.filter((plan) => {
    const record = readRecord(root, plan.folder);
    return record?.buildId !== plan.buildId || !isBuilt(images.get(plan.document.reference), record);
  });
}

async function planOrProblem(
  planner: BuildPlanner,
  stagings: Stagings,
  folder: ImageFolder | undefined,
  project: string,
): Promise<BuildPlan | TaskOutcome> {
  if (!folder) return { success: false, output: `${project} is not an image project of nx-image-matrix.` };
  const problem = stagings.problemOf(folder);
  if (problem !== undefined) return { success: false, output: `${project}: ${problem}` };
  try {
    return await planner.plan(folder);
  } catch (error) {
    return { success: false, output: `${project}: ${messageOf(error)}` };
  }
}

/** Everything that the single request to the engine asks for. */
function referencesOf(root: string, plans: Iterable<BuildPlan>): string[] {
  const references = new Set<string>();
  for (const plan of plans) {
    references.add(plan.document.reference);
    const former = readRecord(root, plan.folder)?.reference;
    if (former) references.add(former);
  }
  return [...references];
}

/** The state at the start of the run. Whether a parent is rebuilt is known only when its child is due. */
interface Start {
  record: BuildRecord | undefined;
  images: ReadonlyMap<string, EngineImage>;
  force: boolean;
}

interface Selected extends Start {
  /** What is built of it: the whole, or some of its platforms. */
  parts: readonly BuildPlan[];
  /** Why it cannot be built. */
  problem?: Error;
  /** Whether it is built a second time, to compare. */
  verifies: boolean;
}

function buildJob(run: BuildRun, plan: BuildPlan, start: Selected): Job<TaskOutcome> {
  const { project } = plan.folder;
  let usable = false;
  return {
    name: project,
    after: plan.parents.map((parent) => parent.folder.project),
    run: async () => {
      const outcome = await carryOutParts(run, plan, start);
      usable = outcome.success;
      return start.verifies && usable
        ? verifyAll(run, start.parts, outcome, (parent) => rebuildParent(run, parent))
        : outcome;
    },
    // Other images can start from one whose second build differs.
    succeeded: () => usable,
    failed: (error) => ({ success: false, output: describeError(error, project) }),
    skipped: (because) => ({ success: false, skipped: true, output: `${project}: not built, because of ${because}.` }),
  };
}

async function carryOutParts(run: BuildRun, plan: BuildPlan, start: Selected): Promise<TaskOutcome> {
  const { parts, problem } = start;
  if (problem) throw problem;
  const [first, ...others] = parts;
  const { reference } = plan.document;
  const names = run.environment.platforms?.join(', ');
  if (!first) return { success: true, output: `${reference} is for none of IMAGE_PLATFORMS (${names}); not built` };
  if (others.length > 0 && !run.stagings.of(plan)) {
    throw new Error(
      `${reference} was not built: IMAGE_PLATFORMS has several of its platforms (${names}), and only staging can keep ` +
        'each by itself. Name one, or none to build all together.',
    );
  }
  let outcome = await carryOut(run, first, start);
  for (const part of others) {
    if (!outcome.success) break;
    const next = await carryOut(run, part, { ...start, record: readRecord(run.root, plan.folder) });
    outcome = { ...next, output: `${outcome.output}\n${next.output}` };
  }
  return outcome;
}

async function carryOut(run: BuildRun, plan: BuildPlan, start: Start): Promise<TaskOutcome> {
  const first = await decideNow(run, plan, start);
  if (first.action === 'skip' && isStaged(run, plan, readRecord(run.root, plan.folder))) return upToDate(plan);
  const release = await lockImage(run.root, plan.folder, {
    signal: run.signal,
    onWait: () =>
      run.report.note(plan.folder.project, `another run is building ${plan.document.reference}; waiting for it`),
  });
  try {
    const decision = await decideNow(run, plan, start);
    if (decision.action === 'skip') return await keep(run, plan, decision.image);
    if (decision.action === 'tag') return await tagAgain(run, plan, decision.source);
    await cleanUp(run, plan);
    const reused = start.force ? undefined : await reuseStaged(run, plan);
    if (reused) return reused;
    const missing = run.withoutEngine && (await missingParts(run.root, plan, run.stagings, 'cannot be reused'));
    if (missing) return { success: false, output: missing };
    return await build(run, plan, decision.reason, start.force);
  } finally {
    release();
  }
}

/** The engine has the image; staging may not. */
async function keep(run: BuildRun, plan: BuildPlan, image: EngineImage): Promise<TaskOutcome> {
  const next = await stageCurrent(run, plan, image);
  if (next === 'nothing') return upToDate(plan);
  const reused = await reuseStaged(run, plan);
  if (reused || next === 'reuse') return reused ?? upToDate(plan);
  return build(run, plan, whyAgain(plan, image, readRecord(run.root, plan.folder)), false);
}

function whyAgain({ document }: BuildPlan, { labels }: EngineImage, record: BuildRecord | undefined): string {
  if (document.attestations && record?.from === 'staging') return 'it is gone from staging, with its attestations';
  return labels[PARENTS_LABEL] === undefined
    ? 'it does not name its parents, as staging needs'
    : 'a parent was built again';
}

async function tagAgain(run: BuildRun, plan: BuildPlan, source: string): Promise<TaskOutcome> {
  const { reference, tags } = plan.document;
  await run.engine.tag(source, reference);
  const record = readRecord(run.root, plan.folder);
  if (record) writeRecord(run.root, plan.folder, { ...record, reference, tags, from: 'engine' });
  const output = `${reference} is up to date under a new tag (build ID ${shortId(plan.buildId)}, formerly ${source})`;
  return { success: true, output };
}

/** Builds a parent that was reused from staging and is gone from there. */
async function rebuildParent(run: BuildRun, parent: BuildPlan): Promise<void> {
  const record = readRecord(run.root, parent.folder);
  const images = await run.engine.images(referencesOf(run.root, [parent]));
  const { success, output } = await carryOut(run, parent, { record, images, force: false });
  if (!success) throw new Error(output);
}

function upToDate({ document, buildId }: BuildPlan): TaskOutcome {
  return { success: true, output: `${document.reference} is up to date (build ID ${shortId(buildId)})` };
}

/** Asks the engine again only if another run has built the image since the start of this one. */
async function decideNow(run: BuildRun, plan: BuildPlan, start: Start): Promise<Decision> {
  const record = readRecord(run.root, plan.folder);
  const isSame = record?.builtAt === start.record?.builtAt && record?.reference === start.record?.reference;
  const images = isSame ? start.images : await run.engine.images(referencesOf(run.root, [plan]));
  const known = { record, changedParent: changedParent(run.root, plan, record), images };
  return decide(plan, { ...known, attestations: attestationsIn(run, plan) }, start.force);
}

async function build(run: BuildRun, plan: BuildPlan, reason: string, force: boolean, tries = 1): Promise<TaskOutcome> {
  const { document, folder } = plan;
  run.report.started(`building ${document.reference} with ${run.engine.name} ${run.engine.version} (${reason})`);
  const request = await requestOf(run, plan);
  const attestations = attestationsIn(run, plan);
  const staging = run.stagings.of(plan);
  const { parents, built } = await onParents(run, plan, {
    rebuild: (parent) => rebuildParent(run, parent),
    build: (onThese) =>
      buildSomewhere(run, plan, staging, async (target) => run.engine.build(await request(onThese, target))),
  });
  await refuseChanged(run, plan);
  const record: BuildRecord = {
    reference: document.reference,
    tags: document.tags,
    imageId: built.id,
    buildId: plan.buildId,
    parents: parents.ids,
    size: built.size ?? null,
    platform: built.platform ?? null,
    duration: Math.round(built.duration),
    engine: `${run.engine.name} ${run.engine.version}`,
    from: 'build',
    ...(attestations && { attestations }),
    ...(force && { forced: true }),
    reason,
    builtAt: new Date().toISOString(),
    ingredients: plan.ingredients,
    pushed: {},
  };
  writeRecord(run.root, folder, record);
  if (isUnattested(run.root, plan)) return { success: true, output: builtOutput(plan, built, reason), saysTime: true };
  const { isThere } = built;
  const image = { id: built.id, size: built.size, parents: [...parents.digests.values()], isThere };
  const staged = await staging?.put(plan, image, run.engine, force);
  if (staging && staged === 'outdated' && tries < MOST_BUILDS && canRebuild(run, plan, staging)) {
    return build(run, plan, 'another machine has built a parent again', force, tries + 1);
  }
  if (staging && typeof staged === 'object') {
    const other = staged.own ? undefined : await takeOver(run, plan, staging, staged);
    if (other) return other;
    if (staged.own) writeRecord(run.root, folder, { ...record, staging: recordOf(staged) });
  }
  if (isThere && staging) await takeBuilt(run, plan, staging, { digest: built.id, hasTag: typeof staged === 'object' });
  return { success: true, output: builtOutput(plan, built, reason), saysTime: true };
}

/** The engine takes what a builder has put into the staging repository, if it is to be run, or has no tag there. */
async function takeBuilt(
  run: BuildRun,
  plan: BuildPlan,
  staging: Staging,
  { digest, hasTag }: { digest: string; hasTag: boolean },
): Promise<void> {
  const { reference } = plan.document;
  const { project } = plan.folder;
  if (!hasTag && !run.engine.builder?.loads) {
    throw new Error(`${reference} was built, but it could not be put into staging, and no docker daemon can take it.`);
  }
  if (hasTag && !isPulled(run, plan)) return;
  await staging.pull({ digest }, reference, run.engine, project);
  const image = (await run.engine.images([reference])).get(reference);
  const record = readRecord(run.root, plan.folder);
  if (image && record) {
    writeRecord(run.root, plan.folder, { ...record, imageId: image.id, size: image.size ?? null });
  }
}

function builtOutput({ document, buildId }: BuildPlan, built: BuiltImage, reason: string): string {
  const facts = [duration(built.duration), ...(built.size === undefined ? [] : [size(built.size)]), reason];
  return `${document.reference} built (${facts.join(', ')}; build ID ${shortId(buildId)})`;
}
