import { actions } from './actions.ts';
import {
  allVariables,
  cacheSteps,
  environment,
  job,
  loginSteps,
  machines,
  permissionsTo,
  prepare,
  readOnly,
  run,
} from './github-steps.ts';
import { nightlyScanJobs } from './github-scan.ts';
import { reportSteps } from './github-tests.ts';
import { stagedNightlyJobs } from './github-staging.ts';
import { mainEnvironment } from './github-staging-steps.ts';
import { runNightly, type CiPlan } from './plan.ts';
import { describeRefresh, findLocks, refreshFolder, requestRefresh, runRefresh } from './refresh.ts';
import { shellWord } from './shell.ts';

const artifact = 'refreshed-bases';

/** Rebuilds images whose base images count by their names, and requests to move those that a lock pins. */
export function nightlyWorkflow(plan: CiPlan): object {
  return {
    name: 'Images, nightly',
    on: { schedule: [{ cron: plan.cron }], workflow_dispatch: {} },
    permissions: readOnly,
    concurrency: { group: 'images-nightly', 'cancel-in-progress': false },
    jobs: {
      locks: locksJob(plan),
      ...(plan.nightly.length > 0 && nightlyJobs(plan)),
      ...nightlyScanJobs(plan),
      refresh: refreshJob(plan),
      request: requestJob(plan),
    },
  };
}

/** Which of the other jobs there is work for. */
function locksJob(plan: CiPlan): object {
  const outputs = ['locked', 'unlocked'];
  return job({
    permissions: readOnly,
    outputs: Object.fromEntries(outputs.map((name) => [name, `\${{ steps.locks.outputs.${name} }}`])),
    steps: [
      { uses: actions.checkout.uses, with: { 'persist-credentials': false } },
      {
        name: 'Look for images.lock',
        id: 'locks',
        run: [...findLocks(plan), ...outputs.map((name) => `echo "${name}=$${name}" >> "$GITHUB_OUTPUT"`)].join('\n'),
      },
    ],
  });
}

function nightlyJobs(plan: CiPlan): object {
  const { staging } = plan;
  if (!staging) return { nightly: nightlyJob(plan, []) };
  const staged = stagedNightlyJobs(plan, staging);
  if (staging.unstaged.length === 0) return staged;
  const others = { ...plan, pushVariables: staging.repositoryVariables };
  return { ...staged, 'nightly-unstaged': { ...nightlyJob(others, staging.staged), environment: mainEnvironment } };
}

function nightlyJob(plan: CiPlan, without: readonly string[]): object {
  return job({
    needs: 'locks',
    if: "needs.locks.outputs.unlocked == 'true'",
    permissions: permissionsTo(plan, { push: true }),
    ...machines(plan, { IMAGE_REFRESH: '1' }),
    steps: [
      ...prepare(plan),
      ...cacheSteps(plan, true),
      ...run('Push', runNightly(plan, without), environment(allVariables(plan))),
      ...reportSteps(plan),
    ],
  });
}

/** Fails last, if a registry could not be asked. */
function refreshJob(plan: CiPlan): object {
  return job({
    needs: 'locks',
    if: `needs.locks.outputs.locked == 'true' && github.ref == 'refs/heads/${plan.branch}'`,
    permissions: permissionsTo(plan, {}),
    outputs: { moved: '${{ steps.describe.outputs.moved }}' },
    steps: [
      ...prepare(plan),
      ...loginSteps(plan),
      { name: 'Refresh images.lock', id: 'refresh', 'continue-on-error': true, run: runRefresh(plan) },
      {
        name: 'Describe what has moved',
        id: 'describe',
        run: describeRefresh(plan, ['echo "moved=true" >> "$GITHUB_OUTPUT"']),
      },
      {
        uses: actions.upload.uses,
        if: "steps.describe.outputs.moved == 'true'",
        with: { name: artifact, path: refreshFolder, 'retention-days': 1 },
      },
      {
        name: 'Fail if the refresh has failed',
        if: "steps.refresh.outcome == 'failure'",
        run: 'echo \'Not every base image could be refreshed: see the step "Refresh images.lock".\' >&2\nexit 1',
      },
    ],
  });
}

/** The only job that may write to the repository. It installs nothing and runs nothing of the workspace. */
function requestJob(plan: CiPlan): object {
  return job({
    needs: 'refresh',
    if: "${{ !cancelled() && needs.refresh.outputs.moved == 'true' }}",
    permissions: { contents: 'write', 'pull-requests': 'write' },
    steps: [
      { uses: actions.checkout.uses, with: { 'persist-credentials': false } },
      { uses: actions.download.uses, with: { name: artifact, path: refreshFolder } },
      {
        name: 'Open the pull request',
        env: { GH_TOKEN: '${{ secrets.IMAGE_REFRESH_TOKEN || secrets.GITHUB_TOKEN }}' },
        run: requestRefresh(plan, {
          identity: ["'github-actions[bot]'", "'41898282+github-actions[bot]@users.noreply.github.com'"],
          user: 'x-access-token',
          token: 'GH_TOKEN',
          remote: 'origin',
          request: (description) => pullRequest(plan, description),
        }),
      },
    ],
  });
}

/** With the REST API: `gh pr edit` asks for more than these permissions allow. */
function pullRequest({ branch }: CiPlan, description: string): string[] {
  const base = shellWord(branch);
  const pulls = 'repos/$GITHUB_REPOSITORY/pulls';
  return [
    `number="$(gh api --method GET "${pulls}" -f state=open -f base=${base} \\`,
    `  -f head="$GITHUB_REPOSITORY_OWNER:$branch" --jq '.[0].number // empty')"`,
    'if [ -n "$number" ]; then',
    `  gh api --method PATCH "${pulls}/$number" -F body=@${description} --jq .html_url`,
    'else',
    `  gh api --method POST "${pulls}" -f title="$title" -f head="$branch" -f base=${base} \\`,
    `    -F body=@${description} --jq .html_url`,
    'fi',
  ];
}
