/** Variables that identify CI services, apart from `CI` itself: the list of Nx (nx/src/utils/is-ci.ts). */
const setByServices = [
  'TF_BUILD',
  'GITHUB_ACTIONS',
  'BUILDKITE',
  'CIRCLECI',
  'CIRRUS_CI',
  'TRAVIS',
  'bamboo.buildKey',
  'bamboo_buildKey',
  'CODEBUILD_BUILD_ID',
  'GITLAB_CI',
  'HEROKU_TEST_RUN_ID',
  'BUILD_ID',
  'BUILD_NUMBER',
  'BUILD_BUILDID',
  'TEAMCITY_VERSION',
  'JENKINS_URL',
  'HUDSON_URL',
];

/** Whether this is a run in CI, by Nx's rules: `CI=false` means no. */
export function isCi(environment: NodeJS.ProcessEnv): boolean {
  if (environment['CI'] === 'false') return false;
  return ['CI', ...setByServices].some((name) => Boolean(environment[name]));
}
