import { stringify } from 'yaml';
import { actions } from './actions.ts';
import { nightlyWorkflow } from './github-nightly.ts';
import {
  allVariables,
  cacheSteps,
  environment,
  job,
  machines,
  permissionsTo,
  prepare,
  readOnly,
  run,
  type Step,
} from './github-steps.ts';
import { runAffected, runPromote, type CiPlan } from './plan.ts';

/** Paths and texts of the workflows. */
export function githubWorkflows(plan: CiPlan): Record<string, string> {
  return {
    '.github/workflows/images.yml': text(
      'What a change affects is built on pull requests, and pushed on the main branch.',
      changesWorkflow(plan),
    ),
    '.github/workflows/images-nightly.yml': text(
      'Requests to move the base images of images.lock; without one, rebuilds on the newest base images and pushes.',
      nightlyWorkflow(plan),
    ),
  };
}

function changesWorkflow(plan: CiPlan): object {
  const pullRequest = "github.event_name == 'pull_request'";
  const push = "github.event_name == 'push'";
  return {
    name: 'Images',
    on: { pull_request: { branches: [plan.branch] }, push: { branches: [plan.branch] } },
    permissions: readOnly,
    concurrency: {
      group: 'images-${{ github.workflow }}-${{ github.ref }}',
      'cancel-in-progress': `\${{ ${pullRequest} }}`,
    },
    jobs: {
      check: job({
        permissions: readOnly,
        steps: [...prepare(plan), { name: 'Check the generated files', run: `${plan.nx} sync:check` }],
      }),
      build: job({
        needs: 'check',
        if: pullRequest,
        permissions: permissionsTo(plan, { since: true }),
        ...machines(plan),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, false),
          ...run('Build', runAffected(plan, plan.targets.build), plan.buildVariables),
        ],
      }),
      push: job({
        needs: 'check',
        if: push,
        permissions: permissionsTo(plan, { push: true, since: true }),
        ...machines(plan),
        steps: [
          ...prepare(plan),
          shas(plan),
          ...cacheSteps(plan, true),
          ...run('Push', runAffected(plan, plan.targets.push), allVariables(plan)),
        ],
      }),
      ...promoteJob(plan),
    },
  };
}

function promoteJob(plan: CiPlan): object {
  if (plan.promote.length === 0) return {};
  return {
    promote: job({
      needs: 'push',
      permissions: {
        ...readOnly,
        ...(plan.pushVariables.includes('GITHUB_TOKEN') && { packages: 'write' }),
      },
      steps: [
        ...prepare(plan),
        { name: 'Move the floating tags', ...environment(plan.pushVariables), run: runPromote(plan).join('\n') },
      ],
    }),
  };
}

function shas({ branch }: CiPlan): Step {
  return { uses: actions.shas.uses, with: { 'main-branch-name': branch } };
}

function text(what: string, workflow: object): string {
  const body = stringify(workflow, { lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${what}\n# Made by "nx g nx-image-matrix:ci"; run it again after a change of the manifest's repositories.\n${body}`;
}
