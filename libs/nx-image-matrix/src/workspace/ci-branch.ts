import { isCi } from './ci.ts';

/**
 * Variables in which CI services name the branch that they build, since most check out a commit. Those of pull requests
 * come first: beside them, the others name the branch that is merged into.
 */
const variables = [
  // GitHub Actions: "Variables reference". GITHUB_HEAD_REF is set for pull requests only.
  'GITHUB_HEAD_REF',
  'GITHUB_REF_NAME',
  // GitLab: "Predefined CI/CD variables reference"
  'CI_MERGE_REQUEST_SOURCE_BRANCH_NAME',
  'CI_COMMIT_REF_NAME',
  'BUILDKITE_BRANCH',
  'CIRCLE_BRANCH',
  'CIRRUS_BRANCH',
  'BITBUCKET_BRANCH',
  'TRAVIS_PULL_REQUEST_BRANCH',
  'TRAVIS_BRANCH',
  // Azure Pipelines
  'SYSTEM_PULLREQUEST_SOURCEBRANCH',
  'BUILD_SOURCEBRANCH',
  // Jenkins: of a pull request, of a multibranch pipeline, of the git plugin
  'CHANGE_BRANCH',
  'BRANCH_NAME',
  'GIT_BRANCH',
  'CODEBUILD_WEBHOOK_HEAD_REF',
  'HEROKU_TEST_RUN_BRANCH',
];

/** The branch or git tag that a CI service builds; `undefined` without a CI service. */
export function branchOfCi(environment: NodeJS.ProcessEnv): string | undefined {
  if (!isCi(environment)) return undefined;
  const name = variables.find((variable) => environment[variable]);
  const branch = name === undefined ? undefined : environment[name];
  if (name === 'GIT_BRANCH') return branch?.replace(/^origin\//, '');
  return branch?.replace(/^refs\/(?:heads|tags)\//, '');
}
