import { shellWord } from './shell.ts';
import { imagesOf, type StagingPlan } from './staging-plan.ts';

/** Where a manifest's lock would be, and what refreshes it. Paths are relative to the workspace. */
export interface BaseLockPlan {
  lock: string;
  /** Folder of the generated files. */
  output: string;
  /** Tasks: `images:docker-refresh`, `images:docker-explain`. */
  refresh: string;
  explain: string;
}

/** The content of a workflow, derived from the options, the manifests and the workspace. */
export interface CiPlan {
  /** Main branch. */
  branch: string;
  /** Machines that share the images of a run. */
  shards: number;
  install: string[];
  /** The command that starts Nx: `npx nx`. */
  nx: string;
  /** `yarn-berry`: yarn 2 and later, installed by corepack. */
  packageManager: 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun';
  /** If package.json does not set it and the CI service needs it. */
  packageManagerVersion?: string;
  /** File with the version of Node, if the workspace has one. */
  nodeVersionFile?: string;
  /** In the format of Nx's `-t`: comma-separated, if manifests have different target names. */
  targets: {
    build: string;
    push: string;
    /** If an image has tests. */
    test?: string;
    /** If an image is scanned. */
    scan?: string;
  };
  /** The task that shards images, on a manifest's project: `images:docker-matrix`. */
  shareTask: string;
  /** The tasks of manifests whose images have floating tags: `images:docker-promote`. */
  promote: string[];
  /** Environment variables for pushes, from the manifests' `repository` and `staging`. */
  pushVariables: string[];
  /** If a manifest has `staging`. */
  staging?: StagingPlan;
  /** Agents of Nx Cloud that share the builds of a run, if they do. */
  agents?: number;
  /** Runners of the user, by platform. */
  runners?: Readonly<Record<string, string>>;
  /** Environment variables for builds, from `secrets`. */
  buildVariables: string[];
  /** One for each manifest. Workflows look for the locks when they run, since users add and remove them. */
  bases: BaseLockPlan[];
  /** Projects of the nightly run whose manifests have no lock; empty for none. */
  nightly: string[];
  cron: string;
  /** Repository of the build cache; `undefined` for the provider's own registry, `none` for no cache. */
  cache?: string;
}

/** Writes the names of this machine's images to `dist/images.txt`. Reads `SHARD`. */
function chooseImages({ nx, shareTask }: CiPlan, target: string, selection: string): string {
  return [
    `projects="$(${nx} show projects ${selection} --with-target ${shellWord(target)} --sep ,)"`,
    `${nx} run ${shellWord(shareTask)} --shard="$SHARD" --projects="$projects" --outputFile=dist/images.txt`,
  ].join('\n');
}

/** Runs targets of the images that `chooseImages` has selected. */
function runChosen({ nx }: CiPlan, targets: string): string {
  return [
    'if [ -s dist/images.txt ]; then',
    `  ${nx} run-many -t ${shellWord(targets)} -p "$(paste -sd, dist/images.txt)"`,
    'fi',
  ].join('\n');
}

/** The targets that build, and test if an image has tests. */
export function buildTargets({ targets: { build, test } }: CiPlan): string {
  return [build, ...(test === undefined ? [] : [test])].join();
}

/** The targets that push, and test before if an image has tests, since images without a push have tests as well. */
export function pushTargets({ targets: { push, test } }: CiPlan): string {
  return [...(test === undefined ? [] : [test]), push].join();
}

/**
 * The lines that build or push what a change affects, on one machine or on several.
 *
 * @param without output folders of the manifests whose images are left out.
 */
export function runAffected(plan: CiPlan, target: string, without: readonly string[] = []): string[] {
  const others = without.length > 0 ? ` --exclude=${shellWord(without.map(imagesOf).join())}` : '';
  if (plan.shards === 1) return [`${plan.nx} affected -t ${shellWord(target)}${others}`];
  return [chooseImages(plan, target, `--affected${others}`), runChosen(plan, target)];
}

/**
 * Rebuilds the bases and images of the nightly run and pushes them, but for those of manifests with a lock; images without
 * a push target are only built. A single manifest has no lock where this runs.
 */
export function runNightly(plan: CiPlan, without: readonly string[] = []): string[] {
  const targets = [buildTargets(plan), plan.targets.push].join();
  if (plan.shards === 1) return [runNightlyAlone(plan, targets, without)];
  const { locked, selection } = nightlySelection(plan, without);
  return [[...locked, chooseImages(plan, plan.targets.build, selection)].join('\n'), runChosen(plan, targets)];
}

/** Runs targets of the images of the nightly run on one machine. */
export function runNightlyAlone(plan: CiPlan, targets: string, without: readonly string[] = [], flags = ''): string {
  const { locked, selection } = nightlySelection(plan, without);
  return [...locked, `${plan.nx} run-many -t ${shellWord(targets)} ${selection}${flags}`].join('\n');
}

/** The lines that find manifests with a lock, and the projects. */
function nightlySelection(plan: CiPlan, without: readonly string[]): { locked: string[]; selection: string } {
  const several = plan.bases.length > 1;
  // The globs have no character that a shell interprets between double quotes.
  const projects = [...plan.nightly, ...without.map((output) => `!${imagesOf(output)}`)];
  return {
    locked: several ? [excludeLocked(plan)] : [],
    selection: `-p "${projects.join()}${several ? '$locked' : ''}"`,
  };
}

/** Sets `locked` to patterns for `-p`, without the images of manifests with a lock. */
function excludeLocked({ bases }: CiPlan): string {
  const patternOf = (output: string): string => shellWord(`!${imagesOf(output)}`);
  return [
    'locked=',
    ...bases.map(({ lock, output }) => `if [ -e ${shellWord(lock)} ]; then locked="$locked",${patternOf(output)}; fi`),
  ].join('\n');
}

export function runPromote({ nx, promote }: CiPlan): string[] {
  return promote.map((task) => `${nx} run ${shellWord(task)}`);
}
