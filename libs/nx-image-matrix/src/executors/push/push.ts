import type { ExecutorContext } from '@nx/devkit';
import { findEngine, likelyPlatforms } from '@nx-image-matrix/engine';
import { findEngineOrNone } from '../../staging/find-engine.ts';
import { Stagings } from '../../staging/stagings.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import type { Reporter } from '../progress/reporter.ts';
import { secretFiles } from '../../secrets/refuse-secrets.ts';
import { BuildPlanner, retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';
import { describeError } from '../../format/describe.ts';
import { groupTasks, inGroups, type TaskGroup } from '../groups.ts';
import { runTags } from '../run-tags.ts';
import { runInOrder, type Job, type Times } from '../schedule.ts';
import { clashes } from './clashes.ts';
import { currentImage, notCurrent } from '../../build-plan/current-image.ts';
import { preparePush, whyUnattested, type PushPlan } from './prepare.ts';
import { unsignable } from './sign-pushed.ts';
import { fromEngine, pushImage, type PushRun, type PushSource } from './push-image.ts';
import { missingParts } from '../../staging/missing-parts.ts';
import { stagedSources } from './staged-sources.ts';
import { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import { Signers } from '../../signing/signers.ts';
import { heldBack, type TestGate } from './held-back.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import type { RepositoryChoice } from '../../repositories/repositories.ts';

/** Options of the `push` executor. */
export interface PushOptions {
  /** Print what would be pushed, and push nothing. */
  dryRun?: boolean;
}

export type PushContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;

export type PushTasks = TaskGroup<{ project: string }>;

/** The images that are pushed with the same options: those of one entry of the plugin. */
export function pushGroups(
  projects: readonly string[],
  folders: ReadonlyMap<string, ImageFolder>,
  { root, nxJsonConfiguration }: PushContext,
): PushTasks[] {
  const optionsOf = manifestOptions(nxJsonConfiguration ?? {}, root);
  const tasks = projects.map((project) => ({ project }));
  return groupTasks(tasks, folders, optionsOf, (options) => options);
}

type Outcomes = AsyncGenerator<[project: string, outcome: TaskOutcome, times?: Times]>;

/** Pushes images, one entry of the plugin after the other, and yields the outcome of each. */
export async function* pushImages(
  projects: readonly string[],
  context: PushContext,
  signal: AbortSignal,
  report: Reporter,
): Outcomes {
  const folders = imageFolders(context);
  const { root } = context;
  const workspace = workspaceOfRun(context);
  const gate: TestGate = { root, tests: new TestsOfImages(workspace), optionsOf: workspace.optionsOf };
  yield* inGroups(
    pushGroups(projects, folders, context),
    (group) => pushGroup(group, { root, folders, signal, report, gate }),
    (project, error) => ({ success: false, output: describeError(error, project) }),
  );
}

async function* pushGroup(
  group: PushTasks,
  {
    root,
    folders,
    signal,
    report,
    gate,
  }: Pick<PushRun, 'root' | 'signal' | 'report'> & { folders: ReadonlyMap<string, ImageFolder>; gate: TestGate },
): Outcomes {
  const planner = new BuildPlanner(root, folders, await defaultPlatforms(group.engine), retryTimeout);
  const files = secretFiles(root, folders.values());
  const plans: PushPlan[] = [];
  for (const { project } of group.tasks) {
    const prepared = await preparePush(root, planner, folders.get(project), project, files);
    if ('success' in prepared) yield [project, prepared];
    else if (prepared.choice.active.length === 0) yield [project, nothingActive(prepared)];
    else plans.push(prepared);
  }
  const fill = runTags(root);
  const refused = clashes(plans.map(pushedBy), fill);
  for (const [project, error] of refused) yield [project, { success: false, output: describeError(error, project) }];
  const insecure = group.insecureRegistries;
  const access = registryAccess({ insecure, signal });
  try {
    const signers = new Signers({ root, access, insecure, signal });
    const unclashed = plans.filter(({ plan }) => !refused.has(plan.folder.project));
    const unsigned = await unsignable(signers, unclashed);
    for (const [{ plan }, output] of unsigned) yield [plan.folder.project, { success: false, output }];
    const pushes = unclashed.filter((push) => !unsigned.has(push));
    if (pushes.length === 0) return;
    const manifests = pushes.map(({ plan }) => plan.folder.manifest);
    const stagings = new Stagings(root, manifests, { access, insecure, signal, report });
    const { engine } = await findEngineOrNone(group.engine, stagings);
    const shared = { access, signers, failing: new Set<string>(), fill };
    const run: PushRun = { root, engine, insecure, signal, report, ...shared };
    const jobs = await pushJobs(run, pushes, stagings, gate);
    yield* runInOrder(jobs, group.maxParallel, signal);
  } finally {
    await access.close();
  }
}

function pushedBy({ plan: { folder, document }, choice }: PushPlan): Parameters<typeof clashes>[0][number] {
  return {
    project: folder.project,
    repositories: choice.active.map(({ repository }) => repository),
    tags: document.tags,
  };
}

/** Nothing to push needs no engine, so a missing one is not an error yet. */
export async function defaultPlatforms(choice: Parameters<typeof findEngine>[0]): Promise<readonly string[]> {
  try {
    return (await findEngine(choice)).platforms;
  } catch {
    return likelyPlatforms(process.env);
  }
}

function nothingActive({ plan, choice }: PushPlan): TaskOutcome {
  return { success: true, output: `${plan.document.reference} was not pushed: ${whyNothing(choice)}` };
}

function whyNothing({ skipped }: RepositoryChoice): string {
  if (skipped.length === 0) return 'the manifest names no repository for it';
  return `no repository is active (${skipped.map(({ repository, reason }) => `${repository}: ${reason}`).join('; ')})`;
}

/** The image in the engine, asked for when it is no longer in staging. */
async function inEngine(run: PushRun, plan: BuildPlan): Promise<PushSource | undefined> {
  const images = await run.engine.images([plan.document.reference]);
  const current = currentImage(run.root, plan, images);
  return current && whyUnattested(plan, current) === undefined ? fromEngine(run.root, plan, current) : undefined;
}

async function pushJobs(
  run: PushRun,
  plans: readonly PushPlan[],
  stagings: Stagings,
  gate: TestGate,
): Promise<Job<TaskOutcome>[]> {
  const staged = await stagedSources(run.root, plans, stagings);
  const others = plans.filter(({ plan }) => !staged.has(plan));
  const images = await run.engine.images(others.map(({ plan }) => plan.document.reference));
  return plans.map((push) => ({
    name: push.plan.folder.project,
    failed: (error) => ({ success: false, output: describeError(error, push.plan.folder.project) }),
    after: [],
    run: async () => {
      const { plan } = push;
      const problem = stagings.problemOf(plan.folder);
      if (problem !== undefined) return { success: false, output: `${plan.folder.project}: ${problem}` };
      const from = staged.get(plan);
      const current = from ? undefined : currentImage(run.root, plan, images);
      const unattested = current && whyUnattested(plan, current);
      if (unattested !== undefined) return { success: false, output: unattested };
      const staging = stagings.of(plan);
      const image = from ? { staging, staged: await staging?.find(plan) } : { imageId: current?.image.id };
      const problemOfTests = from || current ? await heldBack(gate, plan, image) : undefined;
      if (problemOfTests !== undefined) return { success: false, output: problemOfTests };
      if (from) return pushImage(run, push, from, () => inEngine(run, plan));
      if (current) return pushImage(run, push, fromEngine(run.root, plan, current));
      const missing = await missingParts(run.root, plan, stagings, 'is not pushed');
      return { success: false, output: missing ?? notCurrent(run.root, plan, images, 'pushed') };
    },
    succeeded: ({ success }) => success,
    skipped: (because) => ({
      success: false,
      skipped: true,
      output: `${push.plan.folder.project}: not pushed, because ${because}.`,
    }),
  }));
}
