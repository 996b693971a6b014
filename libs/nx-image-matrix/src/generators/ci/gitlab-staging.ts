import { cloudToken, onAgents } from './agents.ts';
import { scheduled, scheduledWithLock } from './gitlab-refresh.ts';
import {
  cache,
  knownBase,
  login,
  machines,
  onBranch,
  onMergeRequest,
  projectLogin,
  shard,
  sinceLastPush,
  sinceMergeBase,
  testReports,
  unset,
} from './gitlab-steps.ts';
import { buildTargets, runAffected, runNightlyAlone, type CiPlan } from './plan.ts';
import { defaultPlatform, needsEmulation, platformJobs } from './platforms.ts';
import {
  conditionsLine,
  credentials,
  isTestedWhereBuilt,
  readName,
  stagingVariables,
  type StagingPlan,
} from './staging-plan.ts';

/*
 * The jobs of GitLab's pipeline for images with staging. GitLab gives CI/CD variables to all jobs of a pipeline, so each script
 * removes those that it has no use for.
 */

/** The jobs that build with staging, and those that push from it. */
export function stagedPipeline(plan: CiPlan, staging: StagingPlan): object {
  return {
    'images:build': buildJob(plan, staging),
    'images:stage': stageJob(plan, staging),
    ...testJobs(plan, staging),
    'images:push': pushJob(plan, staging),
    ...(plan.nightly.length > 0 && nightlyJobs(plan, staging)),
  };
}

/** A variable of staging, and the one with the value that merge requests get for it. */
interface Reading {
  name: string;
  from: string;
}

/** A deploy token of the project with this name reads its registry; GitLab sets both variables. */
const deployToken: Record<string, string> = {
  CI_REGISTRY_USER: 'CI_DEPLOY_USER',
  CI_REGISTRY_PASSWORD: 'CI_DEPLOY_PASSWORD',
  CI_JOB_TOKEN: 'CI_DEPLOY_PASSWORD',
};

/** The logins of staging in merge requests. */
export function readings(staging: StagingPlan): Reading[] {
  return credentials(staging).map((name) => ({ name, from: deployToken[name] ?? readName(name) }));
}

function buildJob(plan: CiPlan, staging: StagingPlan): object {
  const tested = isTestedWhereBuilt(plan, staging);
  return {
    extends: '.images',
    stage: 'images',
    interruptible: true,
    ...parallel(plan, staging),
    rules: [{ if: onMergeRequest }],
    variables: { ...sinceMergeBase, ...variablesOf(plan, staging, false) },
    script: [
      ...emulate(plan, staging),
      ...readingLogin(plan, staging),
      ...withoutPushes(plan, staging),
      ...readOnly(staging),
      ...(plan.agents === undefined ? [] : [`export ${cloudToken}="\${${readName(cloudToken)}:-}"`]),
      ...ownShard(plan, staging),
      ...buildAffected(plan, staging, tested ? buildTargets(plan) : plan.targets.build),
    ],
    ...(tested && testReports(plan)),
  };
}

/** On agents, if there are some: they get the variables that this machine has. */
function buildAffected(plan: CiPlan, staging: StagingPlan, targets = plan.targets.build): string[] {
  const variables = [...plan.buildVariables, ...stagingVariables(staging)];
  return onAgents(plan, runAffected(plan, targets, staging.unstaged), variables);
}

function stageJob(plan: CiPlan, staging: StagingPlan): object {
  return {
    extends: '.images',
    stage: 'images',
    ...parallel(plan, staging),
    rules: [{ if: onBranch(plan) }],
    variables: { ...sinceLastPush, ...variablesOf(plan, staging, true) },
    script: [...beforeStaging(plan, staging), knownBase, ...ownShard(plan, staging), ...buildAffected(plan, staging)],
  };
}

/**
 * Tests what is staged, joined from its platforms, and keeps the passes in staging. An image that has failed is held back by
 * its push, which then fails; the others are pushed.
 */
function testJobs(plan: CiPlan, staging: StagingPlan): object {
  const { test } = plan.targets;
  if (test === undefined) return {};
  return {
    'images:test': {
      extends: '.images',
      stage: 'test',
      ...machines(plan),
      allow_failure: true,
      rules: [{ if: onBranch(plan) }],
      variables: { ...sinceLastPush, ...variablesOf(plan, staging, false) },
      script: [...beforeReuse(plan, staging), knownBase, ...shard(plan), ...runAffected(plan, test, staging.unstaged)],
      ...testReports(plan),
    },
  };
}

/** Without an engine. */
const pushParts = { extends: '.images', stage: 'push', services: [] };

/** Copies from staging to the repositories. */
function pushJob(plan: CiPlan, staging: StagingPlan): object {
  const [line = ''] = runAffected({ ...plan, shards: 1 }, plan.targets.push, staging.unstaged);
  return {
    ...pushParts,
    rules: [{ if: onBranch(plan) }],
    variables: { ...sinceLastPush, ...platformVariables(staging) },
    script: [...ownLogin(staging), knownBase, `${line} --exclude-task-dependencies`],
  };
}

/**
 * On one machine for each platform: a shared parent that two machines rebuild would replace that of the other, and what was
 * built on it would count no more.
 */
function nightlyJobs(plan: CiPlan, staging: StagingPlan): object {
  const alone = { ...plan, shards: 1 };
  const condition = `${scheduled} && $CI_COMMIT_BRANCH == "${plan.branch}"`;
  const rules = [
    ...(plan.bases.length === 1 ? [{ ...scheduledWithLock(plan), when: 'never' }] : []),
    { if: condition },
  ];
  return {
    'images:nightly': {
      extends: '.images',
      stage: 'images',
      ...parallel(alone, staging),
      rules,
      variables: { IMAGE_REFRESH: '1', ...variablesOf(plan, staging, true) },
      script: [...beforeStaging(plan, staging), runNightlyAlone(plan, plan.targets.build, staging.unstaged)],
    },
    ...(plan.targets.test !== undefined && {
      'images:nightly-test': {
        extends: '.images',
        stage: 'test',
        allow_failure: true,
        rules,
        variables: variablesOf(plan, staging, false),
        script: [...beforeReuse(plan, staging), runNightlyAlone(plan, plan.targets.test, staging.unstaged)],
        ...testReports(plan),
      },
    }),
    'images:nightly-push': {
      ...pushParts,
      rules,
      ...(staging.platforms.length > 0 && { variables: platformVariables(staging) }),
      script: [
        ...ownLogin(staging),
        runNightlyAlone(plan, plan.targets.push, staging.unstaged, ' --exclude-task-dependencies'),
      ],
    },
  };
}

/** A job for each platform and shard. */
function parallel(plan: CiPlan, { platforms }: StagingPlan): object {
  if (platforms.length === 0) return machines(plan);
  const shards = Array.from({ length: plan.shards }, (_, index) => `${index + 1}/${plan.shards}`);
  const matrix = platformJobs(platforms, 'gitlab', plan.runners ?? {}).map(({ platform, runner }) => ({
    IMAGE_PLATFORMS: platform,
    RUNNER: runner,
    ...(plan.shards > 1 && { SHARD: shards }),
  }));
  return { tags: ['$RUNNER'], parallel: { matrix } };
}

/** With platforms, the matrix sets `SHARD`. */
function ownShard(plan: CiPlan, { platforms }: StagingPlan): string[] {
  return platforms.length === 0 ? shard(plan) : [];
}

export function variablesOf(plan: CiPlan, staging: StagingPlan, write: boolean): Record<string, string> {
  return { ...cache(plan, write), IMAGE_LOAD: 'false', ...platformVariables(staging) };
}

/** An image whose manifest names no platform is built by the job of this one alone. */
function platformVariables({ platforms }: StagingPlan): Record<string, string> {
  return platforms.length === 0 ? {} : { DOCKER_DEFAULT_PLATFORM: defaultPlatform };
}

function emulate({ runners = {} }: CiPlan, { platforms }: StagingPlan): string[] {
  return needsEmulation(platforms, runners) ? ['docker run --privileged --rm tonistiigi/binfmt --install all'] : [];
}

function beforeStaging(plan: CiPlan, staging: StagingPlan): string[] {
  return [...emulate(plan, staging), ...beforeReuse(plan, staging)];
}

export function beforeReuse(plan: CiPlan, staging: StagingPlan): string[] {
  return [
    ...(hasOwnLogin(staging) ? [projectLogin] : login(plan)),
    ...withoutPushes(plan, staging),
    ...[conditionsLine(staging) ?? []].flat(),
  ];
}

/** A build needs no login of a repository. */
function withoutPushes({ buildVariables }: CiPlan, staging: StagingPlan): string[] {
  return unset(staging.repositoryVariables, [...buildVariables, ...stagingVariables(staging)]);
}

function hasOwnLogin({ ownLogins }: StagingPlan): boolean {
  return ownLogins.length > 0;
}

function ownLogin(staging: StagingPlan): string[] {
  return hasOwnLogin(staging) || staging.pushLogins.length > 0 ? [projectLogin] : [];
}

/** The job token may write to the registry of the project, where staging may be. */
function readingLogin(plan: CiPlan, staging: StagingPlan): string[] {
  if (!hasOwnLogin(staging)) return login(plan);
  return [
    'if [ -n "${CI_DEPLOY_PASSWORD:-}" ]; then printf %s "$CI_DEPLOY_PASSWORD" | docker login --username "$CI_DEPLOY_USER" --password-stdin "$CI_REGISTRY"; fi',
  ];
}

/** Gives staging a login that only reads; where there is none, there is no staging. */
function readOnly(staging: StagingPlan): string[] {
  const given = readings(staging);
  const values = given.map(({ name, from }) => `${name}="\${${from}:-}"`);
  const off = staging.logins.flatMap(({ onlyIf, password }) =>
    onlyIf === undefined || password === undefined || credentials(staging).includes(onlyIf)
      ? []
      : [`if [ -z "$${password}" ]; then unset ${onlyIf}; fi`],
  );
  return values.length === 0 ? [] : [`export ${values.join(' ')}`, ...off];
}
