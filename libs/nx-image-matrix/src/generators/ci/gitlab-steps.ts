import type { CiPlan } from './plan.ts';

/*
 * Parts of jobs that GitLab's pipeline shares.
 */

export const onMergeRequest = '$CI_PIPELINE_SOURCE == "merge_request_event"';

/** The main branch. */
export function onBranch({ branch }: CiPlan): string {
  return `$CI_COMMIT_BRANCH == "${branch}" && $CI_PIPELINE_SOURCE != "schedule"`;
}

export const sinceMergeBase = { NX_BASE: '$CI_MERGE_REQUEST_DIFF_BASE_SHA' };

export const sinceLastPush = { NX_BASE: '$CI_COMMIT_BEFORE_SHA' };

/** A first push has no previous commit: compared with the empty tree, everything is new. */
export const knownBase = 'git cat-file -e "$NX_BASE^{commit}" || export NX_BASE="$(git hash-object -t tree /dev/null)"';

export function machines({ shards }: CiPlan): object {
  return shards === 1 ? {} : { parallel: shards };
}

export function shard({ shards }: CiPlan): string[] {
  return shards === 1 ? [] : ['export SHARD="$CI_NODE_INDEX/$CI_NODE_TOTAL"'];
}

export function cache(plan: CiPlan, write: boolean): Record<string, string> {
  if (plan.cache === 'none') return {};
  const repository = plan.cache ?? '$CI_REGISTRY_IMAGE/build-cache';
  return { IMAGE_CACHE_FROM: repository, ...(write && { IMAGE_CACHE_TO: repository }) };
}

/** The reports of a job that tests, which GitLab shows in merge requests and pipelines, whether they have passed or not. */
export function testReports({ targets: { test } }: CiPlan): object {
  const path = 'dist/**/test.xml';
  return test === undefined ? {} : { artifacts: { when: 'always', paths: [path], reports: { junit: path } } };
}

/** The lines that remove variables, but for those that are kept. */
export function unset(variables: readonly string[], kept: readonly string[]): string[] {
  const names = variables.filter((name) => !kept.includes(name));
  return names.length === 0 ? [] : [`unset ${names.join(' ')}`];
}

/** Logs the engine in to the registry of the project, if the cache is there. */
export function login({ cache: repository }: CiPlan): string[] {
  return repository === undefined ? [projectLogin] : [];
}

export const projectLogin =
  'printf %s "$CI_REGISTRY_PASSWORD" | docker login --username "$CI_REGISTRY_USER" --password-stdin "$CI_REGISTRY"';
