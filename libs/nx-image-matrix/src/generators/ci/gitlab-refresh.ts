import { plainGlob } from './plain-glob.ts';
import type { CiPlan } from './plan.ts';
import { describeRefresh, patch, refreshFolder, requestRefresh, runRefresh } from './refresh.ts';
import { shellWord } from './shell.ts';

export const scheduled = '$CI_PIPELINE_SOURCE == "schedule"';

/** A rule: a scheduled pipeline where there is a lock. */
export function scheduledWithLock({ bases }: CiPlan): object {
  return { if: scheduled, exists: bases.map(({ lock }) => plainGlob(lock)) };
}

/** The jobs that request to move the base images of locks. */
export function refreshJobs(plan: CiPlan, login: readonly string[]): object {
  return { 'images:refresh': refreshJob(plan, login), 'images:request': requestJob(plan) };
}

function rule(plan: CiPlan): object {
  return { ...scheduledWithLock(plan), if: `${scheduled} && $CI_COMMIT_BRANCH == "${plan.branch}"` };
}

/** Fails last, if a registry could not be asked. */
function refreshJob(plan: CiPlan, login: readonly string[]): object {
  return {
    extends: '.images',
    stage: 'images',
    rules: [rule(plan)],
    artifacts: { when: 'always', paths: [`${refreshFolder}/`], expire_in: '1 day' },
    script: [
      ...login,
      `refreshed=0\n(\n${runRefresh(plan)}\n) || refreshed=1`,
      describeRefresh(plan, []),
      'exit "$refreshed"',
    ],
  };
}

/** The only job that writes to the repository. It installs nothing and runs nothing of the workspace. */
function requestJob(plan: CiPlan): object {
  return {
    image: 'alpine:3',
    stage: 'images',
    needs: ['images:refresh'],
    rules: [{ ...rule(plan), when: 'always' }],
    environment: { name: requestEnvironment, action: 'access' },
    before_script: ['apk add --no-cache curl git jq'],
    script: [
      `if [ ! -e ${patch} ]; then exit 0; fi`,
      `if [ -z "\${${tokenVariable}:-}" ]; then echo '${missingToken}' >&2; exit 1; fi`,
      requestRefresh(plan, {
        identity: ['"$GITLAB_USER_NAME"', '"$GITLAB_USER_EMAIL"'],
        user: 'oauth2',
        token: tokenVariable,
        remote: '"$CI_PROJECT_URL.git"',
        request: (description) => mergeRequest(plan, description),
      }),
    ],
  };
}

/** A variable with this scope is given to no other job. */
export const requestEnvironment = 'image-refresh';

/** The variable of a project access token; CI_JOB_TOKEN cannot open a merge request. */
export const tokenVariable = 'IMAGE_REFRESH_TOKEN';

const missingToken = `Set the CI/CD variable ${tokenVariable} to a project access token with the scopes api and write_repository.`;

/** The token goes to curl on standard input, and the description from its file. */
function mergeRequest({ branch }: CiPlan, description: string): string[] {
  const target = shellWord(branch);
  return [
    'requests="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests"',
    'api() {',
    `  printf 'header = "PRIVATE-TOKEN: %s"\\n' "$${tokenVariable}" | curl --config - --fail --silent --show-error "$@"`,
    '}',
    `found="$(api --get --data state=opened --data-urlencode "source_branch=$branch" --data-urlencode target_branch=${target} "$requests")"`,
    `number="$(printf '%s' "$found" | jq -r '.[0].iid // empty')"`,
    'if [ -n "$number" ]; then',
    `  api --request PUT --data-urlencode description@${description} "$requests/$number" | jq -r .web_url`,
    'else',
    `  api --data-urlencode "title=$title" --data-urlencode "source_branch=$branch" --data-urlencode target_branch=${target} \\`,
    `    --data-urlencode description@${description} --data remove_source_branch=true "$requests" | jq -r .web_url`,
    'fi',
  ];
}
