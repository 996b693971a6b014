import { branchOfCi } from './ci-branch.ts';

const ci = { CI: 'true' };

it.each([
  ['a push', { ...ci, GITHUB_REF_NAME: 'feature/x', GITHUB_HEAD_REF: '' }, 'feature/x'],
  ['a pull request', { ...ci, GITHUB_REF_NAME: '12/merge', GITHUB_HEAD_REF: 'fix' }, 'fix'],
  ['GitLab', { ...ci, CI_COMMIT_REF_NAME: 'main' }, 'main'],
  ['Azure Pipelines', { TF_BUILD: 'True', BUILD_SOURCEBRANCH: 'refs/heads/a/b' }, 'a/b'],
  ['a git tag', { TF_BUILD: 'True', BUILD_SOURCEBRANCH: 'refs/tags/v1' }, 'v1'],
  ['Jenkins', { JENKINS_URL: 'x', GIT_BRANCH: 'origin/main' }, 'main'],
  ['another service', ci, undefined],
  ['no CI, whatever is set', { GITHUB_REF_NAME: 'x' }, undefined],
  ['CI=false', { CI: 'false', GITHUB_REF_NAME: 'x' }, undefined],
])('the branch of %s', (_, environment, branch) => {
  expect(branchOfCi(environment)).toBe(branch);
});
