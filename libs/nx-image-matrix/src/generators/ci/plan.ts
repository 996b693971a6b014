import { shellWord } from './shell.ts';

/** What a workflow has to do, worked out from the options, the manifests and the workspace. */
export interface CiPlan {
  /** Main branch. */
  branch: string;
  /** Machines that share the images of a run. */
  shards: number;
  install: string[];
  /** What starts Nx: `npx nx`. */
  nx: string;
  /** `yarn-berry`: yarn 2 and later, which corepack brings. */
  packageManager: 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun';
  /** Where package.json does not say it and a CI service has to be told. */
  packageManagerVersion?: string;
  /** File that names the version of Node, where the workspace has one. */
  nodeVersionFile?: string;
  /** As Nx's `-t` takes them: with commas, where manifests have targets of different names. */
  targets: { build: string; push: string };
  /** The task of the project of a manifest that shares out images: `images:docker-matrix`. */
  shareTask: string;
  /** The tasks of manifests whose images have floating tags: `images:docker-promote`. */
  promote: string[];
  /** Environment variables that a push reads, from the manifests' `repository`. */
  pushVariables: string[];
  /** Environment variables that builds read, from `secrets`. */
  buildVariables: string[];
  /** Projects of the nightly run; empty for none. */
  nightly: string[];
  cron: string;
  /** Repository of the build cache; `undefined` for the provider's own registry, `none` for no cache. */
  cache?: string;
}

/** Picks the images of this machine, writes their names into `dist/images.txt`. Reads `SHARD`. */
function chooseImages({ nx, shareTask }: CiPlan, target: string, selection: string): string {
  return [
    `projects="$(${nx} show projects ${selection} --with-target ${shellWord(target)} --sep ,)"`,
    `${nx} run ${shellWord(shareTask)} --shard="$SHARD" --projects="$projects" --outputFile=dist/images.txt`,
  ].join('\n');
}

/** Runs targets of the images that `chooseImages` has named. */
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

/** Builds bases and images of the night anew and pushes them; images without a push target are only built. */
export function runNightly(plan: CiPlan): string[] {
  const targets = `${plan.targets.build},${plan.targets.push}`;
  if (plan.shards === 1) return [`${plan.nx} run-many -t ${shellWord(targets)} -p "${plan.nightly.join()}"`];
  const selection = `-p "${plan.nightly.join()}"`;
  return [chooseImages(plan, plan.targets.build, selection), runChosen(plan, targets)];
}

export function runPromote({ nx, promote }: CiPlan): string[] {
  return promote.map((task) => `${nx} run ${shellWord(task)}`);
}
