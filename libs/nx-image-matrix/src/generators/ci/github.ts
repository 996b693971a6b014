import { stringify } from 'yaml';
import { nightlyWorkflow } from './github-nightly.ts';
import { secretsOf, stagedBuildJob, stagedPushJob, stageJob, testJobs } from './github-staging.ts';
import {
  allVariables,
  cacheSteps,
  environment,
  job,
  machines,
  onPullRequest,
  onPush,
  permissionsTo,
  prepare,
  readOnly,
  run,
  shas,
} from './github-steps.ts';
import { mainEnvironment } from './github-staging-steps.ts';
import { scanJobs } from './github-scan.ts';
import { reportSteps } from './github-tests.ts';
import { runAffected, runPromote, buildTargets, pushTargets, type CiPlan } from './plan.ts';
import type { StagingPlan } from './staging-plan.ts';

/** Paths and texts of the workflows. */
export function githubWorkflows(plan: CiPlan): Record<string, string> {
  return {
    '.github/workflows/images.yml': text(
      'What a change affects is built on pull requests, and pushed on the main branch.',
      changesWorkflow(plan),
      plan.staging ? secretsOf(plan, plan.staging) : [],
    ),
    '.github/workflows/images-nightly.yml': text(
      'Requests to move the base images of images.lock; without one, rebuilds on the newest base images and pushes.',
      nightlyWorkflow(plan),
    ),
  };
}

function changesWorkflow(plan: CiPlan): object {
  return {
    name: 'Images',
    on: { pull_request: { branches: [plan.branch] }, push: { branches: [plan.branch] } },
    permissions: readOnly,
    concurrency: {
      group: 'images-${{ github.workflow }}-${{ github.ref }}',
      'cancel-in-progress': `\${{ ${onPullRequest} }}`,
    },
    jobs: {
      check: job({
        permissions: readOnly,
        steps: [...prepare(plan), { name: 'Check the generated files', run: `${plan.nx} sync:check` }],
      }),
      ...(plan.staging ? stagedJobs(plan, plan.staging) : directJobs(plan)),
      ...scanJobs(plan),
      ...promoteJob(plan),
    },
  };
}

/** Without staging: each machine builds what it pushes. */
function directJobs(plan: CiPlan): object {
  return { build: buildJob(plan, []), push: pushJob(plan, []) };
}

function stagedJobs(plan: CiPlan, staging: StagingPlan): object {
  const jobs = {
    build: stagedBuildJob(plan, staging),
    stage: stageJob(plan, staging),
    ...testJobs(plan, staging),
    push: stagedPushJob(plan, staging),
  };
  if (staging.unstaged.length === 0) return jobs;
  const others = { ...plan, pushVariables: staging.repositoryVariables };
  return {
    ...jobs,
    'build-unstaged': buildJob(others, staging.staged),
    'push-unstaged': { ...pushJob(others, staging.staged), environment: mainEnvironment },
  };
}

function buildJob(plan: CiPlan, without: readonly string[]): object {
  return job({
    needs: 'check',
    if: onPullRequest,
    permissions: permissionsTo(plan, { since: true }),
    ...machines(plan),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...cacheSteps(plan, false),
      ...run('Build', runAffected(plan, buildTargets(plan), without), environment(plan.buildVariables)),
      ...reportSteps(plan),
    ],
  });
}

function pushJob(plan: CiPlan, without: readonly string[]): object {
  return job({
    needs: 'check',
    if: onPush,
    permissions: permissionsTo(plan, { push: true, since: true }),
    ...machines(plan),
    steps: [
      ...prepare(plan),
      shas(plan),
      ...cacheSteps(plan, true),
      ...run('Push', runAffected(plan, pushTargets(plan), without), environment(allVariables(plan))),
      ...reportSteps(plan),
    ],
  });
}

function promoteJob(plan: CiPlan): object {
  if (plan.promote.length === 0) return {};
  const { staging } = plan;
  const variables = staging ? staging.repositoryVariables : plan.pushVariables;
  return {
    promote: job({
      needs: staging && staging.unstaged.length > 0 ? ['push', 'push-unstaged'] : 'push',
      ...(staging && { environment: mainEnvironment }),
      permissions: {
        ...readOnly,
        ...(variables.includes('GITHUB_TOKEN') && { packages: 'write' }),
      },
      steps: [
        ...prepare(plan),
        { name: 'Move the floating tags', ...environment(variables), run: runPromote(plan).join('\n') },
      ],
    }),
  };
}

function text(what: string, workflow: object, more: readonly string[] = []): string {
  const body = stringify(workflow, { lineWidth: 0, aliasDuplicateObjects: false });
  const made = 'Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest\'s repositories.';
  return `${[what, made, ...more].map((line) => `# ${line}\n`).join('')}${body}`;
}
