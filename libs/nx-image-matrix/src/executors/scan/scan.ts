import type { ExecutorContext } from '@nx/devkit';
import { BuildPlanner, retryTimeout, type BuildPlan } from '../../build-plan/plan.ts';
import { describeError } from '../../format/describe.ts';
import { manifestOptions } from '../../options/manifest-options.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { findEngineOrNone } from '../../staging/find-engine.ts';
import { Stagings } from '../../staging/stagings.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import { groupTasks, inGroups, type TaskGroup } from '../groups.ts';
import type { Reporter } from '../progress/reporter.ts';
import { defaultPlatforms } from '../push/push.ts';
import { runInOrder, type Times } from '../schedule.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { scanJobs, type ScanRun } from './scan-jobs.ts';
import { scanTable, type ScannedImage } from './table.ts';
import { unusedEntries } from './unused-entries.ts';
import { UsedScanners } from './used-scanners.ts';

type ScanContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;

type Outcomes = AsyncGenerator<[project: string, outcome: TaskOutcome, times?: Times]>;

interface ScanOutput {
  signal: AbortSignal;
  report: Reporter;
  /** Prints the table at the end. */
  print: (table: string) => void;
}

type ScanTasks = TaskGroup<{ project: string }>;

/** Scans images, one entry of the plugin after the other, and yields the outcome of each; then prints a table. */
export async function* scanImages(projects: readonly string[], context: ScanContext, output: ScanOutput): Outcomes {
  const folders = imageFolders(context);
  const optionsOf = manifestOptions(context.nxJsonConfiguration ?? {}, context.root);
  const tasks = projects.map((project) => ({ project }));
  const scanned: ScannedImage[] = [];
  yield* inGroups(
    groupTasks(tasks, folders, optionsOf, (options) => options),
    (group) => scanGroup(group, { root: context.root, folders, ...output, scanned }),
    (project, error) => ({ success: false, output: describeError(error, project) }),
  );
  for (const { manifest, id } of unusedEntries(scanned, folders)) {
    output.report.note(manifest, `no image has ${id} any more, which \`ignore\` of \`scan\` accepts; remove the entry`);
  }
  if (scanned.length > 0) output.print(scanTable(scanned));
}

type GroupContext = Pick<ScanOutput, 'signal' | 'report'> & {
  root: string;
  folders: ReadonlyMap<string, ImageFolder>;
  scanned: ScannedImage[];
};

async function* scanGroup(group: ScanTasks, { root, folders, signal, report, scanned }: GroupContext): Outcomes {
  const planner = new BuildPlanner(root, folders, await defaultPlatforms(group.engine), retryTimeout);
  const plans: BuildPlan[] = [];
  for (const { project } of group.tasks) {
    const plan = await planOrProblem(planner, folders.get(project), project);
    if ('success' in plan) yield [project, plan];
    else plans.push(plan);
  }
  if (plans.length === 0) return;
  const insecure = group.insecureRegistries;
  const access = registryAccess({ insecure, signal });
  try {
    const manifests = plans.map(({ folder }) => folder.manifest);
    const stagings = new Stagings(root, manifests, { access, insecure, signal, report });
    const { engine, withoutEngine } = await findEngineOrNone(group.engine, stagings);
    const used = new UsedScanners(process.env);
    const run: ScanRun = { root, engine, withoutEngine, access, stagings, insecure, signal, report, used, scanned };
    yield* runInOrder(await scanJobs(run, plans), group.maxParallel, signal);
  } finally {
    await access.close();
  }
}

async function planOrProblem(
  planner: BuildPlanner,
  folder: ImageFolder | undefined,
  project: string,
): Promise<BuildPlan | TaskOutcome> {
  if (!folder) return { success: false, output: `${project} is not an image project of nx-image-matrix.` };
  try {
    return await planner.plan(folder);
  } catch (error) {
    return { success: false, output: describeError(error, project) };
  }
}
