import { messageOf } from '@nx-image-matrix/engine/unknown';
import { findEngine, type EngineImage } from '@nx-image-matrix/engine';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { secretFiles } from '../../secrets/refuse-secrets.ts';
import { BuildPlanner, retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';
import { describeError } from '../../format/describe.ts';
import { planTable, type PlannedReference } from '../../format/plan-table.ts';
import { inGroups } from '../groups.ts';
import { runTags, type FillTag } from '../run-tags.ts';
import { runInOrder, type Job } from '../schedule.ts';
import { currentImage } from '../../build-plan/current-image.ts';
import { preparePush, whyUnattested, type PushPlan } from './prepare.ts';
import { fromEngine, type PushSource } from './push-image.ts';
import { mayCount, plannedSignature, unsignable } from './sign-pushed.ts';
import { stagedSources } from './staged-sources.ts';
import { quiet } from '../progress/reporter.ts';
import { Stagings } from '../../staging/stagings.ts';
import { defaultPlatforms, pushGroups, type PushContext, type PushTasks } from './push.ts';
import { Signers } from '../../signing/signers.ts';
import { registryAccess, type RegistryAccess } from '../../repositories/registry-access.ts';
import { skippedReferences } from '../../repositories/repositories.ts';

interface DryRun {
  root: string;
  images: ReadonlyMap<string, EngineImage>;
  staged: ReadonlyMap<BuildPlan, PushSource>;
  access: RegistryAccess;
  signers: Signers;
  fill: FillTag;
}

type Planned = TaskOutcome & { references: PlannedReference[] };

/**
 * Prints what `pushImages` would push, as one table, and yields an outcome for each image. Only reads: from the engine,
 * from build records, and from registries, with logins that are not kept. Fails if a registry does not answer.
 */
export async function* planPushes(
  projects: readonly string[],
  context: PushContext,
  signal: AbortSignal,
  print: (table: string) => void,
): AsyncGenerator<[project: string, outcome: TaskOutcome]> {
  const folders = imageFolders(context);
  const planned = inGroups(
    pushGroups(projects, folders, context),
    (group) => planGroup(group, { root: context.root, folders, signal }),
    failedPlan,
  );
  const outcomes = new Map<string, Planned>();
  for await (const [project, outcome] of planned) outcomes.set(project, outcome);
  const references = projects.flatMap((project) => outcomes.get(project)?.references ?? []);
  if (references.length > 0) print(planTable(references));
  yield* outcomes;
}

async function* planGroup(
  group: PushTasks,
  { root, folders, signal }: { root: string; folders: ReadonlyMap<string, ImageFolder>; signal: AbortSignal },
): AsyncGenerator<[project: string, outcome: Planned]> {
  const planner = new BuildPlanner(root, folders, await defaultPlatforms(group.engine), retryTimeout);
  const files = secretFiles(root, folders.values());
  const plans: PushPlan[] = [];
  for (const { project } of group.tasks) {
    const prepared = await preparePush(root, planner, folders.get(project), project, files);
    if ('success' in prepared) yield [project, { ...prepared, references: [] }];
    else plans.push(prepared);
  }
  const insecure = group.insecureRegistries;
  const access = registryAccess({ insecure, signal });
  try {
    const signers = new Signers({ root, access, insecure, signal });
    const unsigned = await unsignable(signers, plans);
    for (const [{ plan }, output] of unsigned) yield [plan.folder.project, { success: false, output, references: [] }];
    const signable = plans.filter((push) => !unsigned.has(push));
    const manifests = signable.map(({ plan }) => plan.folder.manifest);
    const stagings = new Stagings(root, manifests, { access, insecure, signal, report: quiet });
    const staged = await stagedSources(root, signable, stagings);
    const images = await heldImages(
      signable.filter(({ plan }) => !staged.has(plan)),
      group.engine,
    );
    const run: DryRun = { root, images, staged, access, signers, fill: runTags(root) };
    const jobs = signable.map((push) => planJob(run, push));
    for await (const [project, outcome] of runInOrder(jobs, group.maxParallel, signal)) yield [project, outcome];
  } finally {
    await access.close();
  }
}

function failedPlan(project: string, error: unknown): Planned {
  return { success: false, output: describeError(error, project), references: [] };
}

/** If no repository is active, no engine is needed. */
async function heldImages(
  plans: readonly PushPlan[],
  engine: Parameters<typeof findEngine>[0],
): Promise<ReadonlyMap<string, EngineImage>> {
  const wanted = plans.filter(({ choice }) => choice.active.length > 0);
  if (wanted.length === 0) return new Map();
  return (await findEngine(engine)).images(wanted.map(({ plan }) => plan.document.reference));
}

function planJob(run: DryRun, push: PushPlan): Job<Planned> {
  const { project } = push.plan.folder;
  return {
    name: project,
    after: [],
    run: () => planImage(run, push),
    succeeded: ({ success }) => success,
    failed: (error) => failedPlan(project, error),
    skipped: (because) => ({ success: false, output: `${project}: not planned, because ${because}.`, references: [] }),
  };
}

async function planImage(run: DryRun, { plan, choice }: PushPlan): Promise<Planned> {
  const found = currentImage(run.root, plan, run.images);
  const current = found && whyUnattested(plan, found) === undefined ? found : undefined;
  const staged = run.staged.get(plan);
  const source = staged ?? (current && fromEngine(run.root, plan, current));
  const known = source?.digests(source.record?.pushed ?? {});
  const digest = staged ? [...staged.digests({})][0] : current?.image.digest;
  const references: PlannedReference[] = [];
  const problems: string[] = [];
  for (const target of choice.active) {
    let there: string | undefined;
    for (const tag of plan.document.tags) {
      let reference = `${target.repository}:${tag}`;
      try {
        reference = `${target.repository}:${run.fill(tag)}`;
        const client = run.access.clientOf(target);
        const from = await client.digest(reference);
        const isOurs =
          source !== undefined &&
          from !== undefined &&
          (known?.has(from) || (await source.isSame?.(client, reference, from))) &&
          (await mayCount(run.signers, target, from, source));
        if (isOurs) there = from;
        references.push({ reference, from, ...(isOurs ? skipped(from) : planOne(known, digest)) });
      } catch (error) {
        references.push({ reference, action: `failed: ${messageOf(error).split('\n')[0]}` });
        problems.push(describeError(error, `failed ${reference}`));
      }
    }
    references.push(...(await plannedSignature(run.signers, target, known && (there ?? digest ?? [...known][0]))));
  }
  references.push(...skippedReferences(choice.skipped, plan.document.tags));
  return { success: problems.length === 0, output: problems.join('\n'), references };
}

type Plan = Pick<PlannedReference, 'to' | 'action'>;

function skipped(digest: string): Plan {
  return { to: digest, action: 'skipped: there already' };
}

/** If the engine has no digest, an image has one only after its first push. */
function planOne(known: ReadonlySet<string> | undefined, digest: string | undefined): Plan {
  if (!known) return { action: 'push, once docker-build has built it' };
  return { to: digest ?? [...known][0], action: 'push' };
}
