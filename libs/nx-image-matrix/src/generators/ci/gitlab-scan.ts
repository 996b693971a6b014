import { scheduled } from './gitlab-refresh.ts';
import { beforeReuse, variablesOf } from './gitlab-staging.ts';
import { cache, knownBase, login, machines, onBranch, shard, sinceLastPush, unset } from './gitlab-steps.ts';
import { runAffected, type CiPlan } from './plan.ts';
import { installScript } from './scanner.ts';
import { shellWord } from './shell.ts';

/*
 * The jobs that scan images: on the main branch what is affected, at night all, because the databases of scanners change every
 * day. They come last, so that nothing waits for them.
 */

/** GitLab shows SARIF nowhere by itself, so the files are kept. */
export function scanJobs(plan: CiPlan): object {
  const { scan } = plan.targets;
  if (scan === undefined) return {};
  const common = {
    extends: '.images',
    stage: 'scan',
    artifacts: { when: 'always', paths: ['dist/**/scan.sarif'] },
  };
  const condition = `${scheduled} && $CI_COMMIT_BRANCH == "${plan.branch}"`;
  return {
    'images:scan': {
      ...common,
      ...machines(plan),
      rules: [{ if: onBranch(plan) }],
      variables: { ...sinceLastPush, ...variables(plan) },
      script: [...before(plan), knownBase, ...shard(plan), ...runAffected(plan, scan)],
    },
    'images:nightly-scan': {
      ...common,
      rules: [{ if: condition }],
      variables: variables(plan),
      script: [...before(plan), `${plan.nx} run-many -t ${shellWord(scan)}`],
    },
  };
}

function variables(plan: CiPlan): Record<string, string> {
  return plan.staging ? variablesOf(plan, plan.staging, false) : cache(plan, false);
}

/** A scanner gets no login of a repository. */
function before(plan: CiPlan): string[] {
  const { buildVariables, pushVariables, staging } = plan;
  const reuse = staging ? beforeReuse(plan, staging) : [...login(plan), ...unset(pushVariables, buildVariables)];
  return [`sh ${installScript('gitlab').path}`, ...reuse];
}
