import {
  cacheSteps,
  environment,
  ghcrLogin,
  hasGhcrCache,
  job,
  machines,
  onPush,
  prepare,
  readOnly,
  run,
  shas,
  type Step,
} from './github-steps.ts';
import {
  ghcr,
  mainEnvironment,
  packages,
  platformVariables,
  puttingEnvironment,
  stagesInGhcr,
} from './github-staging-steps.ts';
import { runAffected, type CiPlan } from './plan.ts';
import { installScript } from './scanner.ts';
import { shellWord } from './shell.ts';

/*
 * The jobs that scan images, and give what was found to code scanning: on the main branch what is affected, at night all.
 */

/** What is affected is scanned once it is pushed: the images are then in staging, or the build cache has their layers. */
export function scanJobs(plan: CiPlan): object {
  const { scan } = plan.targets;
  if (scan === undefined) return {};
  return {
    scan: job({
      needs: needsOf(plan),
      if: onPush,
      ...common(plan),
      ...machines(plan, variables(plan)),
      steps: steps(plan, [shas(plan)], runAffected(plan, scan)),
    }),
  };
}

/** The databases of scanners change every day, so all images are scanned at night. */
export function nightlyScanJobs(plan: CiPlan): object {
  const { scan } = plan.targets;
  if (scan === undefined) return {};
  const rebuild = plan.staging ? 'nightly-push' : 'nightly';
  const alone = { ...plan, shards: 1 };
  return {
    scan: job({
      needs: plan.nightly.length > 0 ? rebuild : 'locks',
      if: `\${{ !cancelled() && github.ref == 'refs/heads/${plan.branch}' }}`,
      ...common(plan),
      ...machines(alone, variables(plan)),
      steps: steps(plan, [], [`${plan.nx} run-many -t ${shellWord(scan)}`]),
    }),
  };
}

function needsOf({ staging }: CiPlan): string | string[] {
  if (!staging) return 'push';
  return staging.unstaged.length > 0 ? ['stage', 'push-unstaged'] : 'stage';
}

/** No other job may write to code scanning. */
function common(plan: CiPlan): object {
  const usesPackages = hasGhcrCache(plan) || (plan.staging !== undefined && stagesInGhcr(plan.staging));
  return {
    ...(plan.staging && { environment: mainEnvironment }),
    permissions: {
      ...readOnly,
      actions: 'read',
      'security-events': 'write',
      ...packages(usesPackages && 'read'),
    },
  };
}

function variables({ staging }: CiPlan): Record<string, string> {
  if (!staging) return {};
  return { ...platformVariables(staging), IMAGE_LOAD: 'false' };
}

function steps(plan: CiPlan, since: readonly Step[], lines: readonly string[]): Step[] {
  const ownLogin = plan.staging?.ownLogins.includes(ghcr) && !hasGhcrCache(plan);
  return [
    ...prepare(plan),
    ...since,
    ...(ownLogin ? [ghcrLogin] : []),
    ...cacheSteps(plan, false),
    { name: 'Install a scanner', run: `sh ${installScript('github').path}` },
    ...run('Scan', lines, plan.staging ? puttingEnvironment(plan, plan.staging) : environment(plan.buildVariables)),
    {
      name: 'Upload the findings',
      if: '${{ !cancelled() }}',
      env: { GH_TOKEN: '${{ secrets.GITHUB_TOKEN }}' },
      run: upload,
    },
  ];
}

/**
 * One upload for each image. The action `codeql-action/upload-sarif` joins all files, and code scanning takes at most 20
 * runs in one: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
 */
const upload = [
  'shopt -s globstar nullglob',
  'failed=0',
  'for file in dist/**/scan.sarif; do',
  '  gzip -c "$file" | base64 -w 0 > dist/scan.base64',
  '  gh api --method POST "repos/$GITHUB_REPOSITORY/code-scanning/sarifs" -f commit_sha="$GITHUB_SHA" -f ref="$GITHUB_REF" \\',
  '    -F sarif=@dist/scan.base64 --jq .url || failed=1',
  'done',
  'exit "$failed"',
].join('\n');
