import { stringify } from 'yaml';
import { runAffected, runNightly, runPromote, type CiPlan } from './plan.ts';
import { refreshJobs, requestEnvironment, scheduled, scheduledWithLock, tokenVariable } from './gitlab-refresh.ts';

export const gitlabFile = '.gitlab/ci/images.yml';

/** The file that `.gitlab-ci.yml` includes. */
export function gitlabPipeline(plan: CiPlan): string {
  const branch = `$CI_COMMIT_BRANCH == "${plan.branch}" && $CI_PIPELINE_SOURCE != "schedule"`;
  const pipeline = {
    stages: ['check', 'images', 'promote'],
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
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }, { if: branch }],
      script: [`${plan.nx} sync:check`],
    },
    'images:build': {
      extends: '.images',
      stage: 'images',
      interruptible: true,
      ...machines(plan),
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
      variables: { NX_BASE: '$CI_MERGE_REQUEST_DIFF_BASE_SHA', ...cache(plan, false) },
      script: [...login(plan), ...shard(plan), ...runAffected(plan, plan.targets.build)],
    },
    'images:push': {
      extends: '.images',
      stage: 'images',
      ...machines(plan),
      rules: [{ if: branch }],
      variables: { NX_BASE: '$CI_COMMIT_BEFORE_SHA', ...cache(plan, true) },
      // A first push has no previous commit: compared with the empty tree, everything is new.
      script: [...login(plan), knownBase, ...shard(plan), ...runAffected(plan, plan.targets.push)],
    },
    ...(plan.nightly.length > 0 && {
      'images:nightly': {
        extends: '.images',
        stage: 'images',
        ...machines(plan),
        rules: [...(plan.bases.length === 1 ? [{ ...scheduledWithLock(plan), when: 'never' }] : []), { if: scheduled }],
        variables: { IMAGE_REFRESH: '1', ...cache(plan, true) },
        script: [...login(plan), ...shard(plan), ...runNightly(plan)],
      },
    }),
    ...refreshJobs(plan, login(plan)),
    ...(plan.promote.length > 0 && {
      'images:promote': {
        extends: '.images',
        stage: 'promote',
        resource_group: 'images-promote',
        rules: [{ if: branch }],
        script: runPromote(plan),
      },
    }),
  };
  return `${heading(plan)}${stringify(pipeline, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

const knownBase = 'git cat-file -e "$NX_BASE^{commit}" || export NX_BASE="$(git hash-object -t tree /dev/null)"';

function heading(plan: CiPlan): string {
  const { buildVariables } = plan;
  const push = variablesOf(plan).filter((name) => !buildVariables.includes(name));
  return [
    '# What a change affects is built on merge requests, and pushed on the main branch. A scheduled pipeline',
    '# requests to move the base images of images.lock; without one, it rebuilds on the newest base images.',
    '# Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest\'s repositories.',
    `# CI/CD variable of that request, for the environment ${requestEnvironment}; mask and protect it: ${tokenVariable}`,
    ...(push.length > 0
      ? [`# CI/CD variables of pushes; mask and protect them, and the main branch: ${push.join(', ')}`]
      : []),
    ...(buildVariables.length > 0
      ? [
          `# CI/CD variables of builds; mask them. Merge requests can read those that are not protected: ${buildVariables.join(', ')}`,
        ]
      : []),
    '',
  ].join('\n');
}

function machines({ shards }: CiPlan): object {
  return shards === 1 ? {} : { parallel: shards };
}

function shard({ shards }: CiPlan): string[] {
  return shards === 1 ? [] : ['export SHARD="$CI_NODE_INDEX/$CI_NODE_TOTAL"'];
}

function cache(plan: CiPlan, write: boolean): Record<string, string> {
  if (plan.cache === 'none') return {};
  const repository = plan.cache ?? '$CI_REGISTRY_IMAGE/build-cache';
  return { IMAGE_CACHE_FROM: repository, ...(write && { IMAGE_CACHE_TO: repository }) };
}

function login({ cache: repository }: CiPlan): string[] {
  if (repository !== undefined) return [];
  return [
    'printf %s "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"',
  ];
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
  const variables = [...variablesOf(plan), tokenVariable];
  const without = variables.length > 0 ? `env ${variables.map((name) => `-u ${name}`).join(' ')} ` : '';
  return plan.install.map((line) => `${without}${line}`);
}

function variablesOf({ buildVariables, pushVariables }: CiPlan): string[] {
  return [...new Set([...buildVariables, ...pushVariables])];
}
