import { shellWord } from './shell.ts';

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
  targets: { build: string; push: string };
  /** The task that shards images, on a manifest's project: `images:docker-matrix`. */
  shareTask: string;
  /** The tasks of manifests whose images have floating tags: `images:docker-promote`. */
  promote: string[];
  /** Environment variables for pushes, from the manifests' `repository` and `staging`. */
  pushVariables: string[];
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

/** The lines that build or push what a change affects, on one machine or on several. */
export function runAffected(plan: CiPlan, target: string): string[] {
  if (plan.shards === 1) return [`${plan.nx} affected -t ${shellWord(target)}`];
  return [chooseImages(plan, target, '--affected'), runChosen(plan, target)];
}

/**
 * Rebuilds the bases and images of the nightly run and pushes them, but for those of manifests with a lock; images without
 * a push target are only built. A single manifest has no lock where this runs.
 */
export function runNightly(plan: CiPlan): string[] {
  const targets = `${plan.targets.build},${plan.targets.push}`;
  const several = plan.bases.length > 1;
  const selection = `-p "${plan.nightly.join()}${several ? '$locked' : ''}"`;
  const locked = several ? [excludeLocked(plan)] : [];
  if (plan.shards === 1) return [[...locked, `${plan.nx} run-many -t ${shellWord(targets)} ${selection}`].join('\n')];
  return [[...locked, chooseImages(plan, plan.targets.build, selection)].join('\n'), runChosen(plan, targets)];
}

/** Sets `locked` to patterns for `-p`, without the images of manifests with a lock. */
function excludeLocked({ bases }: CiPlan): string {
  const patternOf = (output: string): string => `!directory:${plainGlob(output)}/**`;
  return [
    'locked=',
    ...bases.map(
      ({ lock, output }) => `if [ -e ${shellWord(lock)} ]; then locked="$locked",${shellWord(patternOf(output))}; fi`,
    ),
  ].join('\n');
}

/** A glob for a path, in which each character that could mean something else stands for any one. */
export function plainGlob(path: string): string {
  return path.replaceAll(/[^\w./-]/gu, '?');
}

export function runPromote({ nx, promote }: CiPlan): string[] {
  return promote.map((task) => `${nx} run ${shellWord(task)}`);
}
