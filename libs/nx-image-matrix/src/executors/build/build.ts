import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { BUILD_ID_LABEL, findEngine, removeStaleFolders, type Engine, type EngineImage } from '@nx-image-matrix/engine';
import { removeLeftovers } from '../../matrix/write-image.ts';
import { imageFolders, pluginOptions, type ImageFolder } from '../../workspace/image-folders.ts';
import { resolveOptions, type ResolvedOptions } from '../../workspace/options.ts';
import { describeError, shortId } from '../../format/describe.ts';
import { duration, size } from '../../format/quantities.ts';
import { runInOrder, type Job, type Times } from '../schedule.ts';
import { buildSecrets, refuseSecrets, repositoryPasswords } from '../../repositories/passwords.ts';
import type { TaskOutcome } from '../batch.ts';
import { changedSince } from './changed-since.ts';
import { conditionsOf, readBuildConditions, type BuildConditions } from './conditions.ts';
import { decide, isBuilt, type Decision } from '../../build-plan/decide.ts';
import { lockImage, removeStaleLock } from './lock.ts';
import { BuildPlanner, patience, type BuildPlan } from '../../build-plan/plan.ts';
import { readRecord, removeStaleRecords, writeRecord, type BuildRecord } from '../../build-plan/record.ts';

/** Options of the `build` executor. */
export interface BuildOptions {
  /** Build even if the image is up to date. */
  force?: boolean;
}

/** What the tasks of one run share. */
interface BuildRun {
  root: string;
  options: ResolvedOptions;
  engine: Engine;
  planner: BuildPlanner;
  conditions: BuildConditions;
  signal: AbortSignal;
  /** Prints a line of an image's build while it goes on. */
  print: (project: string, line: string) => void;
}

/** Builds the given images in dependency order, and yields the outcome of each. */
export async function* buildImages(
  tasks: readonly { project: string; options: BuildOptions }[],
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
  signal: AbortSignal,
  print: (project: string, line: string) => void,
): AsyncGenerator<[project: string, outcome: TaskOutcome, times?: Times]> {
  const options = resolveOptions(pluginOptions(context.nxJsonConfiguration ?? {}));
  const conditions = readBuildConditions(process.env);
  const folders = imageFolders(context);
  const planner = new BuildPlanner(context.root, folders, patience);
  const plans = new Map<string, BuildPlan>();
  removeStaleFolders();
  for (const { project } of tasks) {
    const plan = await planOrProblem(planner, folders.get(project), project);
    if ('success' in plan) yield [project, plan];
    else {
      removeStaleRecords(context.root, plan.folder);
      removeStaleLock(context.root, plan.folder);
      removeLeftovers(
        join(context.root, plan.folder.root),
        plan.folder.files.map((path) => ({ path })),
      );
      plans.set(project, plan);
    }
  }
  if (plans.size === 0) return;
  const engine = await findEngine(options.engine);
  const run: BuildRun = { root: context.root, options, engine, planner, conditions, signal, print };
  const images = await engine.images(referencesOf(context.root, plans.values()));
  const forced = new Set(tasks.filter((task) => task.options.force).map(({ project }) => project));
  const jobs = [...plans].map(([project, plan]) => {
    const force = conditions.refresh || forced.has(project);
    const record = readRecord(context.root, plan.folder);
    return buildJob(run, plan, { record, force, decision: decide(plan, record, images, force) });
  });
  yield* runInOrder(jobs, options.maxParallel ?? availableParallelism(), signal);
}

async function planOrProblem(
  planner: BuildPlanner,
  folder: ImageFolder | undefined,
  project: string,
): Promise<BuildPlan | TaskOutcome> {
  if (!folder) return { success: false, output: `${project} is no image project of nx-image-matrix.` };
  try {
    return await planner.plan(folder);
  } catch (error) {
    return { success: false, output: `${project}: ${(error as Error).message}` };
  }
}

/** Everything that the one question to the engine asks for. */
function referencesOf(root: string, plans: Iterable<BuildPlan>): string[] {
  const references = new Set<string>();
  for (const plan of plans) {
    references.add(plan.document.reference);
    const former = readRecord(root, plan.folder)?.reference;
    if (former) references.add(former);
  }
  return [...references];
}

/** What an image needs, by its record and the engine's answer at the start of the run. */
interface Need {
  decision: Decision;
  record: BuildRecord | undefined;
  force: boolean;
}

function buildJob(run: BuildRun, plan: BuildPlan, need: Need): Job<TaskOutcome> {
  const { project } = plan.folder;
  return {
    name: project,
    after: plan.parents.map((parent) => parent.folder.project),
    run: async () => ({ success: true, output: await carryOut(run, plan, need) }),
    succeeded: ({ success }) => success,
    failed: (error) => ({ success: false, output: `${project}: ${describeError(error)}` }),
    skipped: (because) => ({ success: false, skipped: true, output: `${project}: not built, because of ${because}.` }),
  };
}

async function carryOut(run: BuildRun, plan: BuildPlan, need: Need): Promise<string> {
  if (need.decision.action === 'skip') return upToDate(plan);
  const release = await lockImage(run.root, plan.folder, {
    signal: run.signal,
    onWait: () => run.print(plan.folder.project, `another run is building ${plan.document.reference}; waiting for it`),
  });
  try {
    const decision = await decideAgain(run, plan, need);
    if (decision.action === 'skip') return upToDate(plan);
    if (decision.action === 'build') return await build(run, plan, decision.reason);
    const { reference, tags } = plan.document;
    await run.engine.tag(decision.source, reference);
    writeRecord(run.root, plan.folder, { ...readRecord(run.root, plan.folder)!, reference, tags });
    return `${reference} is up to date under a new tag (build ID ${shortId(plan.buildId)}, formerly ${decision.source})`;
  } finally {
    release();
  }
}

function upToDate({ document, buildId }: BuildPlan): string {
  return `${document.reference} is up to date (build ID ${shortId(buildId)})`;
}

/** The engine is asked once more only where another run has built the image since the start of this one. */
async function decideAgain(run: BuildRun, plan: BuildPlan, { decision, record, force }: Need): Promise<Decision> {
  const now = readRecord(run.root, plan.folder);
  if (now?.builtAt === record?.builtAt && now?.reference === record?.reference) return decision;
  const images = await run.engine.images(referencesOf(run.root, [plan]));
  return decide(plan, now, images, force);
}

async function build(run: BuildRun, plan: BuildPlan, reason: string): Promise<string> {
  const { document, folder } = plan;
  run.print(folder.project, `building ${document.reference} with ${run.engine.name} ${run.engine.version} (${reason})`);
  const secrets = await buildSecrets(run.root, plan);
  refuseSecrets(run.root, plan, [...secrets, ...repositoryPasswords(run.root, folder.manifest)]);
  const pins = await checkedParents(run, plan);
  const built = await run.engine.build({
    context: join(run.root, folder.contextDir),
    dockerfile: join(run.root, folder.root, 'Dockerfile'),
    tags: [document.reference],
    buildArgs: document.args,
    labels: { ...plan.labels, [BUILD_ID_LABEL]: plan.buildId },
    platforms: document.platforms,
    pins,
    secrets: secrets.map(({ request }) => request),
    ...conditionsOf(run.conditions, plan),
    timeout: run.options.buildTimeout,
    signal: run.signal,
    onLine: (line) => run.print(folder.project, line),
  });
  await refuseChanged(run, plan);
  const record: BuildRecord = {
    reference: document.reference,
    tags: document.tags,
    imageId: built.id,
    buildId: plan.buildId,
    size: built.size ?? null,
    platform: built.platform ?? null,
    duration: Math.round(built.duration),
    engine: `${run.engine.name} ${run.engine.version}`,
    reason,
    builtAt: new Date().toISOString(),
    ingredients: plan.ingredients,
    pushed: {},
  };
  writeRecord(run.root, folder, record);
  const facts = [duration(built.duration), ...(built.size === undefined ? [] : [size(built.size)]), reason];
  return `${document.reference} built (${facts.join(', ')}; build ID ${shortId(plan.buildId)})`;
}

/** The engine may have read either content of a file that was changed meanwhile, so its image is of no build ID. */
async function refuseChanged(run: BuildRun, plan: BuildPlan): Promise<void> {
  const changed = await changedSince(run.root, plan);
  if (changed.length === 0) return;
  throw new Error(
    `${plan.document.reference} was built, but ${changed.slice(0, 3).join(', ')} changed meanwhile, so nobody knows ` +
      'what is in it. Build it again.',
  );
}

/**
 * The parents as the engine has them at this moment.
 * @throws Error when one is missing or is another image: it would be pulled in silence from a registry, or be stale.
 */
async function checkedParents(run: BuildRun, plan: BuildPlan): Promise<{ reference: string; image: EngineImage }[]> {
  if (plan.parents.length === 0) return [];
  const references = plan.parents.map((parent) => parent.document.reference);
  const images = await run.engine.images(references);
  return plan.parents.map((parent) => {
    const { reference } = parent.document;
    const record = readRecord(run.root, parent.folder);
    const image = images.get(reference);
    if (record && record.buildId === parent.buildId && isBuilt(image, record)) return { reference, image };
    const found = image
      ? `is another image (${shortId(image.id)}) than was built from its files`
      : 'is not in the engine';
    throw new Error(
      `its parent ${reference} ${found}. Run the docker-build target of ${parent.folder.project} first; ` +
        '"nx run" does so by itself unless --exclude-task-dependencies is given.',
    );
  });
}
