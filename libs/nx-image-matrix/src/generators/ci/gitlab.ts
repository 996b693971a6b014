import { stringify } from 'yaml';
import { cloudToken } from './agents.ts';
import {
  cache,
  knownBase,
  login,
  machines,
  onBranch,
  onMergeRequest,
  shard,
  sinceLastPush,
  sinceMergeBase,
  testReports,
  unset,
} from './gitlab-steps.ts';
import { refreshJobs, requestEnvironment, scheduled, scheduledWithLock, tokenVariable } from './gitlab-refresh.ts';
import { scanJobs } from './gitlab-scan.ts';
import { readings, stagedPipeline } from './gitlab-staging.ts';
import { buildTargets, pushTargets, runAffected, runNightly, runPromote, type CiPlan } from './plan.ts';
import { readName, stagingVariables, type StagingPlan } from './staging-plan.ts';

export const gitlabFile = '.gitlab/ci/images.yml';

/** The file that `.gitlab-ci.yml` includes. */
export function gitlabPipeline(plan: CiPlan): string {
  const pipeline = {
    stages: stagesOf(plan),
    '.images': {
      image: 'docker:28',
      services: ['docker:28-dind'],
      variables: {
        GIT_DEPTH: 0,
        DOCKER_TLS_CERTDIR: '/certs',
        NX_HEAD: '$CI_COMMIT_SHA',
      },
      before_script: ['apk add --no-cache git nodejs npm', ...extraTools(plan), ...installWithoutSecrets(plan)],
    },
    'images:check': {
      extends: '.images',
      stage: 'check',
      interruptible: true,
      rules: [{ if: onMergeRequest }, { if: onBranch(plan) }],
      script: [`${plan.nx} sync:check`],
    },
    ...(plan.staging ? stagedJobs(plan, plan.staging) : directJobs(plan, [], '')),
    ...refreshJobs(plan, login(plan)),
    ...(plan.promote.length > 0 && {
      'images:promote': {
        extends: '.images',
        stage: 'promote',
        resource_group: 'images-promote',
        rules: [{ if: onBranch(plan) }],
        script: [...withoutStaging(plan), ...runPromote(plan)],
      },
    }),
    ...scanJobs(plan),
  };
  return `${heading(plan)}${stringify(pipeline, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function stagesOf({ staging, targets: { test, scan } }: CiPlan): string[] {
  const tests = staging && test !== undefined ? ['test'] : [];
  return [
    'check',
    'images',
    ...tests,
    ...(staging ? ['push'] : []),
    'promote',
    ...(scan === undefined ? [] : ['scan']),
  ];
}

/** Each machine builds what it pushes. */
function directJobs(plan: CiPlan, without: readonly string[], suffix: string): object {
  const unlocked = plan.bases.length === 1 ? [{ ...scheduledWithLock(plan), when: 'never' }] : [];
  return {
    [`images:build${suffix}`]: {
      extends: '.images',
      stage: 'images',
      interruptible: true,
      ...machines(plan),
      rules: [{ if: onMergeRequest }],
      variables: { ...sinceMergeBase, ...cache(plan, false) },
      script: [...login(plan), ...shard(plan), ...runAffected(plan, buildTargets(plan), without)],
      ...testReports(plan),
    },
    [`images:push${suffix}`]: {
      extends: '.images',
      stage: 'images',
      ...machines(plan),
      rules: [{ if: onBranch(plan) }],
      variables: { ...sinceLastPush, ...cache(plan, true) },
      script: [...login(plan), knownBase, ...shard(plan), ...runAffected(plan, pushTargets(plan), without)],
      ...testReports(plan),
    },
    ...(plan.nightly.length > 0 && {
      [`images:nightly${suffix}`]: {
        extends: '.images',
        stage: 'images',
        ...machines(plan),
        rules: [...unlocked, { if: scheduled }],
        variables: { IMAGE_REFRESH: '1', ...cache(plan, true) },
        script: [...login(plan), ...shard(plan), ...runNightly(plan, without)],
        ...testReports(plan),
      },
    }),
  };
}

function stagedJobs(plan: CiPlan, staging: StagingPlan): object {
  const others = staging.unstaged.length > 0 ? directJobs(plan, staging.staged, '-unstaged') : {};
  return { ...stagedPipeline(plan, staging), ...others };
}

/** A job that moves tags has no use for staging. */
function withoutStaging({ staging }: CiPlan): string[] {
  return staging ? unset(stagingVariables(staging), staging.repositoryVariables) : [];
}

function heading(plan: CiPlan): string {
  const { buildVariables, staging } = plan;
  const staged = staging ? stagingVariables(staging) : [];
  const push = variablesOf(plan).filter((name) => !buildVariables.includes(name) && !staged.includes(name));
  const read = readVariables(plan);
  return [
    '# What a change affects is built on merge requests, and pushed on the main branch. A scheduled pipeline',
    '# requests to move the base images of images.lock; without one, it rebuilds on the newest base images.',
    '# Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest\'s repositories.',
    `# CI/CD variable of that request, for the environment ${requestEnvironment}; mask and protect it: ${tokenVariable}`,
    ...(push.length > 0
      ? [`# CI/CD variables of pushes; mask and protect them, and the main branch: ${push.join(', ')}`]
      : []),
    ...(staged.length > 0
      ? [`# CI/CD variables that put images into staging; mask and protect them: ${staged.join(', ')}`]
      : []),
    ...cloudVariables(plan).map((name, index) =>
      index === 0
        ? `# CI/CD variable of Nx Cloud for the main branch; mask and protect it: ${name}`
        : `# CI/CD variable of Nx Cloud for merge requests, with an access token that only reads; mask it: ${name}`,
    ),
    ...(read.length > 0
      ? [`# CI/CD variables of a login that reads staging, for merge requests; mask them: ${read.join(', ')}`]
      : []),
    ...(buildVariables.length > 0
      ? [
          `# CI/CD variables of builds; mask them. Merge requests can read those that are not protected: ${buildVariables.join(', ')}`,
        ]
      : []),
    '',
  ].join('\n');
}

/** The Alpine image of Node does not include corepack. */
function extraTools({ packageManager, packageManagerVersion }: CiPlan): string[] {
  switch (packageManager) {
    case 'npm':
      return [];
    case 'yarn':
      return ['npm install --global yarn@1'];
    case 'yarn-berry':
      return ['npm install --global corepack', 'corepack enable'];
    default:
      return [`npm install --global ${packageManager}${packageManagerVersion ? `@${packageManagerVersion}` : ''}`];
  }
}

/** GitLab passes all variables to the whole job; install scripts of dependencies need none of them. */
function installWithoutSecrets(plan: CiPlan): string[] {
  const variables = [...variablesOf(plan), ...readVariables(plan), ...cloudVariables(plan), tokenVariable];
  const without = variables.length > 0 ? `env ${variables.map((name) => `-u ${name}`).join(' ')} ` : '';
  return plan.install.map((line) => `${without}${line}`);
}

/** The access token of the main branch, and that of merge requests. */
function cloudVariables({ agents }: CiPlan): string[] {
  return agents === undefined ? [] : [cloudToken, readName(cloudToken)];
}

/** The variables with which merge requests read staging. */
function readVariables({ staging }: CiPlan): string[] {
  return staging ? readings(staging).map(({ from }) => from) : [];
}

function variablesOf({ buildVariables, pushVariables }: CiPlan): string[] {
  return [...new Set([...buildVariables, ...pushVariables])];
}
