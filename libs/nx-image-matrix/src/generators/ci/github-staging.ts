import { actions } from './actions.ts';
import { cloudToken, onAgents } from './agents.ts';
import {
  cacheSteps,
  environment,
  environmentOf,
  ghcrLogin,
  hasGhcrCache,
  job,
  onPullRequest,
  onPush,
  prepare,
  readOnly,
  run,
  shas,
  type Environment,
  type Step,
} from './github-steps.ts';
import { runAffected, runNightlyAlone, type CiPlan } from './plan.ts';
import { defaultPlatform, needsEmulation, platformJobs } from './platforms.ts';
import { conditionsLine, credentials, readName, stagingVariables, type StagingPlan } from './staging-plan.ts';

/*
 * The jobs of GitHub's workflows for images with staging. Pull requests read it; the jobs `stage` and `nightly` put images
 * there, and do not have the logins of repositories; the jobs that push build nothing.
 */

/** Its secrets can be limited to the main branch, so that no edited workflow of another branch gets them. */
export const mainEnvironment = 'images';

const ghcr = 'ghcr.io';

/** What the workflow needs to be given, as lines of a comment. */
export function secretsOf(plan: CiPlan, staging: StagingPlan): string[] {
  const names = Object.keys(
    puttingEnvironment({ ...plan, buildVariables: staging.repositoryVariables }, staging).env ?? {},
  );
  const own = names.filter((name) => name !== 'GITHUB_TOKEN');
  const read = [...credentials(staging), cloudToken].filter((name) => own.includes(name)).map(readName);
  return [
    ...(own.length > 0
      ? [`Secrets of the environment "${mainEnvironment}"; let only the main branch deploy to it: ${own.join(', ')}`]
      : []),
    ...(read.length > 0 ? [`Secrets of a login that reads staging, for pull requests: ${read.join(', ')}`] : []),
  ];
}

/** A pull request: what it affects is built, with a login that only reads. */
export function stagedBuildJob(plan: CiPlan, staging: StagingPlan): object {
  const secrets = readingEnvironment(plan, staging);
  const lines = runAffected(plan, plan.targets.build, staging.unstaged);
  return job({
    needs: 'check',
    if: onPullRequest,
    permissions: { ...readOnly, actions: 'read', ...packages(usesGhcr(plan, staging) && 'read') },
    ...machines(plan, staging),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...engineSteps(plan, staging, false),
      ...run('Build', onAgents(plan, lines, namesOf(secrets)), secrets),
    ],
  });
}

/** The main branch: what is affected is built into staging. */
export function stageJob(plan: CiPlan, staging: StagingPlan): object {
  const secrets = puttingEnvironment(plan, staging);
  const lines = runAffected(plan, plan.targets.build, staging.unstaged);
  return job({
    needs: 'check',
    if: onPush,
    environment: mainEnvironment,
    permissions: { ...readOnly, actions: 'read', ...packages(usesGhcr(plan, staging) && 'write') },
    ...machines(plan, staging),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...engineSteps(plan, staging, true),
      ...run('Build', requiringStaging(onAgents(plan, lines, namesOf(secrets)), staging), secrets),
    ],
  });
}

/** Copies from staging to the repositories. */
export function stagedPushJob(plan: CiPlan, staging: StagingPlan): object {
  const [line = ''] = runAffected({ ...plan, shards: 1 }, plan.targets.push, staging.unstaged);
  return pushJob(plan, staging, { needs: 'stage', since: true, line: `${line} --exclude-task-dependencies` });
}

/**
 * The nightly rebuild on one machine for each platform: a shared parent that two machines rebuild would replace that of the
 * other, and what was built on it would count no more.
 */
export function stagedNightlyJobs(plan: CiPlan, staging: StagingPlan): object {
  const { branch, targets } = plan;
  const rebuild = runNightlyAlone(plan, targets.build, staging.unstaged);
  const push = runNightlyAlone(plan, targets.push, staging.unstaged, ' --exclude-task-dependencies');
  return {
    nightly: job({
      needs: 'locks',
      if: `needs.locks.outputs.unlocked == 'true' && github.ref == 'refs/heads/${branch}'`,
      environment: mainEnvironment,
      permissions: { ...readOnly, ...packages(usesGhcr(plan, staging) && 'write') },
      ...machines({ ...plan, shards: 1 }, staging, { IMAGE_REFRESH: '1' }),
      steps: [
        ...prepare(plan),
        ...engineSteps(plan, staging, true),
        ...run('Build', requiringStaging([rebuild], staging), puttingEnvironment(plan, staging)),
      ],
    }),
    'nightly-push': pushJob(plan, staging, { needs: 'nightly', since: false, line: push }),
  };
}

interface Push {
  needs: string;
  /** Whether it pushes what has changed. */
  since: boolean;
  line: string;
}

function pushJob(plan: CiPlan, staging: StagingPlan, { needs, since, line }: Push): object {
  const hasLogins = staging.pushLogins.includes(ghcr);
  const pushesThere = hasLogins || staging.repositoryVariables.includes('GITHUB_TOKEN');
  // An index that is joined from platforms is put into staging, too.
  const uses = stagesInGhcr(staging) && (staging.platforms.length > 0 ? 'write' : 'read');
  const variables = [...stagingVariables(staging), ...staging.repositoryVariables];
  return job({
    needs,
    environment: mainEnvironment,
    permissions: {
      ...readOnly,
      ...(since && { actions: 'read' }),
      ...packages(pushesThere ? 'write' : uses),
    },
    ...(staging.platforms.length > 0 && { env: { DOCKER_DEFAULT_PLATFORM: defaultPlatform } }),
    steps: [
      ...prepare(plan),
      ...(since ? [shas(plan)] : []),
      ...(hasLogins || staging.ownLogins.includes(ghcr) ? [ghcrLogin] : []),
      { name: 'Push', ...environment(variables), run: line },
    ],
  });
}

function packages(access: 'read' | 'write' | false): Record<string, string> {
  return access ? { packages: access } : {};
}

function usesGhcr(plan: CiPlan, staging: StagingPlan): boolean {
  return hasGhcrCache(plan) || stagesInGhcr(staging);
}

/** Whether GITHUB_TOKEN is the login of staging. */
function stagesInGhcr({ ownLogins, logins }: StagingPlan): boolean {
  return ownLogins.includes(ghcr) || logins.some(({ password }) => password === 'GITHUB_TOKEN');
}

function engineSteps(plan: CiPlan, staging: StagingPlan, write: boolean): Step[] {
  const { platforms, ownLogins } = staging;
  return [
    ...(needsEmulation(platforms, plan.runners ?? {}) ? [{ uses: actions.qemu.uses }] : []),
    ...(ownLogins.includes(ghcr) && !hasGhcrCache(plan) ? [ghcrLogin] : []),
    ...cacheSteps(plan, write),
  ];
}

/** The runners of a job that builds, and its variables that are not secrets. */
function machines(plan: CiPlan, { platforms }: StagingPlan, variables: Record<string, string> = {}): object {
  const { shards, runners = {} } = plan;
  const native = platforms.length > 0;
  const include = platformJobs(platforms, 'github', runners);
  const matrix = {
    ...(shards > 1 && { shard: Array.from({ length: shards }, (_, index) => index + 1) }),
    ...(native && { platform: platforms, include }),
  };
  return {
    ...(native && { 'runs-on': '${{ matrix.runner }}' }),
    ...(Object.keys(matrix).length > 0 && { strategy: { 'fail-fast': false, matrix } }),
    env: {
      ...(shards > 1 && { SHARD: `\${{ matrix.shard }}/${shards}` }),
      // An image whose manifest names no platform is built by the job of this one alone.
      ...(native && { IMAGE_PLATFORMS: '${{ matrix.platform }}', DOCKER_DEFAULT_PLATFORM: defaultPlatform }),
      IMAGE_LOAD: 'false',
      ...variables,
    },
  };
}

/** Stops before the last line if a variable is missing without which nothing would be staged. */
function requiringStaging(lines: readonly string[], staging: StagingPlan): string[] {
  const line = conditionsLine(staging);
  return line === undefined ? [...lines] : [...lines.slice(0, -1), `${line}\n${lines.at(-1) ?? ''}`];
}

function puttingEnvironment(plan: CiPlan, staging: StagingPlan): Environment {
  return environment([...plan.buildVariables, ...stagingVariables(staging), ...cloudVariables(plan)]);
}

function cloudVariables({ agents }: CiPlan): string[] {
  return agents === undefined ? [] : [cloudToken];
}

function namesOf({ env = {} }: Environment): string[] {
  return Object.keys(env);
}

/** Secrets of a login that only reads. Where there are none, as in a fork, there is no staging. */
function readingEnvironment(plan: CiPlan, staging: StagingPlan): Environment {
  const readable = (name: string): string => `secrets.${name === 'GITHUB_TOKEN' ? name : readName(name)}`;
  const known = credentials(staging);
  const conditions = staging.logins.flatMap(({ onlyIf, password }): [string, string][] => {
    if (onlyIf === undefined || known.includes(onlyIf)) return [];
    const condition = `secrets.${onlyIf}`;
    return [[onlyIf, password === undefined ? condition : `${readable(password)} && ${condition}`]];
  });
  return environmentOf([
    ...plan.buildVariables.map((name): [string, string] => [name, `secrets.${name}`]),
    ...[...known, ...cloudVariables(plan)].map((name): [string, string] => [name, readable(name)]),
    ...conditions,
  ]);
}
