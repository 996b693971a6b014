import { availableParallelism } from 'node:os';
import type { ExecutorContext } from '@nx/devkit';
import {
  findCredentials,
  findEngine,
  openRegistrySession,
  registryClient,
  registryOf,
  type Engine,
  type EngineImage,
  type RegistrySession,
} from '@nx-image-matrix/engine';
import { imageFolders, pluginOptions, type ImageFolder } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import type { TaskOutcome } from '../batch.ts';
import { isBuilt } from '../build/decide.ts';
import { BuildPlanner, type BuildPlan } from '../build/plan.ts';
import { readRecord, writeRecord, type BuildRecord } from '../build/record.ts';
import { describeError, shortId } from '../describe.ts';
import { filledTags } from '../run-tags.ts';
import { runInOrder, type Job } from '../schedule.ts';
import { refuseSecrets, repositoryPasswords } from '../secrets.ts';
import {
  chooseRepositories,
  readRepositoryEntries,
  type ActiveRepository,
  type RepositoryChoice,
} from './repositories.ts';

/** What an image's push is about to do, decided before anything is touched. */
interface PushPlan {
  folder: ImageFolder;
  plan: BuildPlan;
  choice: RepositoryChoice;
}

interface PushRun {
  root: string;
  engine: Engine;
  session: RegistrySession;
  logins: Map<string, Promise<void>>;
  /** Registries that speak plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
}

/** Pushes the given images, and yields the outcome of each. */
export async function* pushImages(
  projects: readonly string[],
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
  signal: AbortSignal,
): AsyncGenerator<[project: string, outcome: TaskOutcome]> {
  const options = resolveOptions(pluginOptions(context.nxJsonConfiguration ?? {}));
  const folders = imageFolders(context);
  const planner = new BuildPlanner(context.root, folders);
  const plans: PushPlan[] = [];
  for (const project of projects) {
    const prepared = await prepare(context.root, planner, folders.get(project), project);
    if ('success' in prepared) yield [project, prepared];
    else plans.push(prepared);
  }
  if (plans.length === 0) return;
  const engine = await findEngine(options.engine);
  const insecure = options.insecureRegistries;
  const session = await openRegistrySession(process.env, { insecure });
  try {
    const run: PushRun = { root: context.root, engine, session, logins: new Map(), insecure, signal };
    const jobs = await pushJobs(run, plans);
    yield* runInOrder(jobs, options.maxParallel ?? availableParallelism(), signal);
  } finally {
    await session.close();
  }
}

/** The plan of a push, or its outcome when there is nothing to push or nothing that may be pushed. */
async function prepare(
  root: string,
  planner: BuildPlanner,
  folder: ImageFolder | undefined,
  project: string,
): Promise<PushPlan | TaskOutcome> {
  if (!folder) return { success: false, output: `${project} is no image project of nx-image-matrix.` };
  try {
    const plan = await planner.plan(folder);
    const { document } = plan;
    refuseSecrets(root, plan, repositoryPasswords(root, folder.manifest));
    const entries = readRepositoryEntries(root, folder.manifest);
    const choice = chooseRepositories(document.package, document.repositories, entries, process.env);
    if (choice.problems.length > 0) {
      return { success: false, output: `${project}: nothing was pushed.\n  ${choice.problems.join('\n  ')}` };
    }
    if (choice.active.length === 0) return { success: true, output: nothingActive(document.reference, choice) };
    if (document.unversioned) return { success: false, output: unversioned(document.reference) };
    return { folder, plan, choice };
  } catch (error) {
    return { success: false, output: `${project}: ${describeError(error)}` };
  }
}

function nothingActive(reference: string, { skipped }: RepositoryChoice): string {
  const why =
    skipped.length > 0 ? `no repository is active (${skipped.join('; ')})` : 'the manifest names no repository for it';
  return `${reference} was not pushed: ${why}`;
}

function unversioned(reference: string): string {
  return (
    `${reference} is not pushed: its tags or files mention the release version, but none was given. ` +
    'Set IMAGE_VERSION, the plugin option "version" or "version" in the manifest.'
  );
}

async function pushJobs(run: PushRun, plans: readonly PushPlan[]): Promise<Job<TaskOutcome>[]> {
  const images = await run.engine.images(plans.map(({ plan }) => plan.document.reference));
  return plans.map(({ folder, plan, choice }) => ({
    name: folder.project,
    after: [],
    run: async () => {
      const record = readRecord(run.root, folder);
      const image = images.get(plan.document.reference);
      if (!record || record.buildId !== plan.buildId || !isBuilt(image, record)) {
        return { success: false, output: notCurrent(plan, image !== undefined) };
      }
      return pushImage(run, plan, choice, { record, image: image! });
    },
    succeeded: ({ success }) => success,
    skipped: (because) => ({ success: false, output: `${folder.project}: not pushed, because ${because}.` }),
  }));
}

function notCurrent(plan: BuildPlan, present: boolean): string {
  const { reference } = plan.document;
  const state = present ? 'was not built from the current files' : 'is not in the engine';
  return `${reference} is not pushed: it ${state} (build ID ${shortId(plan.buildId)} is wanted). Run the docker-build target of ${plan.folder.project} first.`;
}

/** One failure does not keep the other references from being pushed; what has arrived is recorded at once. */
async function pushImage(
  run: PushRun,
  plan: BuildPlan,
  choice: RepositoryChoice,
  { record, image }: { record: BuildRecord; image: EngineImage },
): Promise<TaskOutcome> {
  const lines: string[] = choice.skipped.map((reason) => `skipped ${reason}`);
  const pushed = { ...record.pushed };
  let success = true;
  for (const target of choice.active) {
    for (const tag of filledTags(plan.document.tags)) {
      const reference = `${target.repository}:${tag}`;
      const known = new Set([...Object.values(pushed), ...(image.digest ? [image.digest] : [])]);
      try {
        const there = await knownDigest(run, target, reference, known);
        pushed[reference] = there ?? (await pushReference(run, plan, target, reference, lines));
        lines.push(
          `${there ? 'skipped' : 'pushed'} ${reference} (${shortId(pushed[reference])}${there ? ', there already' : ''})`,
        );
        writeRecord(run.root, plan.folder, { ...record, pushed });
      } catch (error) {
        success = false;
        lines.push(`failed ${reference}: ${describeError(error)}`);
      }
    }
  }
  return { success, output: lines.join('\n') };
}

/** The digest under a reference if it is one of this build; a registry that does not say so at once is pushed to. */
async function knownDigest(
  run: PushRun,
  { login: account }: ActiveRepository,
  reference: string,
  known: ReadonlySet<string>,
): Promise<string | undefined> {
  if (known.size === 0) return undefined;
  const client = registryClient({
    credentials: async (registry) => account ?? findCredentials(registry, process.env),
    insecure: run.insecure,
    policy: { tries: 1, request: 5_000 },
    signal: run.signal,
  });
  try {
    const found = await client.digest(reference);
    return found !== undefined && known.has(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

async function pushReference(
  run: PushRun,
  plan: BuildPlan,
  target: ActiveRepository,
  reference: string,
  notes: string[],
): Promise<string> {
  await login(run, target);
  run.signal.throwIfAborted();
  await run.engine.tag(plan.document.reference, reference);
  const { digest } = await run.engine.push(reference, {
    config: run.session,
    signal: run.signal,
    insecure: run.insecure,
    onLine: () => undefined,
    onNote: (line) => notes.push(line),
  });
  return digest;
}

/** One login per registry and run. */
function login({ session, logins }: PushRun, { repository, login: account }: ActiveRepository): Promise<void> {
  if (!account) return Promise.resolve();
  const registry = registryOf(repository);
  let done = logins.get(registry);
  if (!done) {
    done = session.login(registry, account.user, account.password);
    logins.set(registry, done);
  }
  return done;
}
