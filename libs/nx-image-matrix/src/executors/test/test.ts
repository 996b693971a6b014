import type { ExecutorContext } from '@nx/devkit';
import type { ImageResults } from '@nx-image-matrix/container-test';
import { Containers } from '@nx-image-matrix/engine/containers';
import { BuildPlanner, retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';
import { describeError } from '../../format/describe.ts';
import { TestsOfImages } from '../../image-tests/tests-of-images.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import { repositoryPasswords } from '../../repositories/passwords.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { findEngineOrNone } from '../../staging/find-engine.ts';
import { Stagings } from '../../staging/stagings.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import { groupTasks, inGroups, type TaskGroup } from '../groups.ts';
import type { Reporter } from '../progress/reporter.ts';
import { runInOrder, type Job, type Times } from '../schedule.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { resultsTable } from './table.ts';
import { testImage, type TestRun } from './test-image.ts';

/** Options of the `test` executor. */
export interface TestOptions {
  /** Test even if the image has passed the same tests. */
  force?: boolean;
}

interface TestTask {
  project: string;
  options: TestOptions;
}

type Context = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;
type Outcomes = AsyncGenerator<[project: string, outcome: TaskOutcome, times?: Times]>;

/** Tests images, engine by engine, and yields the outcome of each. `print` gets a table of all results at the end. */
export async function* testImages(
  tasks: readonly TestTask[],
  context: Context,
  signal: AbortSignal,
  report: Reporter,
  print: (table: string) => void,
): Outcomes {
  const optionsOf = manifestOptions(context.nxJsonConfiguration ?? {}, context.root);
  const folders = imageFolders(context);
  const tests = new TestsOfImages(workspaceOfRun(context));
  const results: (ImageResults & { before: boolean })[] = [];
  const shared: Shared = {
    root: context.root,
    folders,
    optionsOf,
    tests,
    signal,
    report,
    add: ({ folder: { project }, document: { reference } }, found, before) =>
      results.push({ project, reference, results: found, before }),
  };
  yield* inGroups(
    groupTasks(tasks, folders, optionsOf, ({ engine }) => engine),
    (group) => testGroup(group, shared),
    (project, error) => ({ success: false, output: describeError(error, project) }),
  );
  if (results.length > 0) print(resultsTable(results));
}

interface Shared extends Omit<TestRun, 'engine' | 'images' | 'stagings'> {
  folders: ReadonlyMap<string, ImageFolder>;
}

async function* testGroup({ engine: choice, maxParallel, tasks }: TaskGroup<TestTask>, shared: Shared): Outcomes {
  const { root, folders, signal, report, optionsOf } = shared;
  const manifests = tasks.flatMap(({ project }) => folders.get(project)?.manifest ?? []);
  const insecure = [...new Set(manifests.flatMap((manifest) => optionsOf(manifest).insecureRegistries))];
  // From here on no password of a registry is printed.
  for (const manifest of new Set(manifests)) repositoryPasswords(root, manifest);
  const access = registryAccess({ insecure, signal });
  try {
    const stagings = new Stagings(root, manifests, { access, insecure, signal, report });
    const { engine, withoutEngine } = await findEngineOrNone(choice, stagings);
    const planner = new BuildPlanner(root, folders, engine.platforms, retryTimeout);
    const plans: { plan: BuildPlan; force: boolean }[] = [];
    for (const { project, options } of tasks) {
      const plan = await planOrProblem(planner, stagings, folders.get(project), project);
      if ('success' in plan) yield [project, plan];
      else plans.push({ plan, force: options.force === true });
    }
    if (plans.length === 0) return;
    if (!withoutEngine) await new Containers(engine.name, process.env, signal).sweep();
    const images = await engine.images(plans.map(({ plan }) => plan.document.reference));
    const run: TestRun = { ...shared, engine, images, stagings };
    const jobs = plans.map(({ plan, force }) => testJob(run, plan, force));
    yield* runInOrder(jobs, maxParallel, signal);
  } finally {
    await access.close();
  }
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
    return { success: false, output: describeError(error, project) };
  }
}

function testJob(run: TestRun, plan: BuildPlan, force: boolean): Job<TaskOutcome> {
  const { project } = plan.folder;
  return {
    name: project,
    after: [],
    run: () => testImage(run, plan, force),
    succeeded: ({ success }) => success,
    failed: (error) => ({ success: false, output: describeError(error, project) }),
    skipped: (because) => ({ success: false, skipped: true, output: `${project}: not tested, because ${because}.` }),
  };
}
