import { actions } from './actions.ts';
import type { CiPlan } from './plan.ts';
import { isSetByRunner } from './set-by-runner.ts';

/*
 * Parts of jobs that the workflows of GitHub share.
 */

export type Step = Record<string, unknown>;

export const readOnly = { contents: 'read' };

export const onPullRequest = "github.event_name == 'pull_request'";

export const onPush = "github.event_name == 'push'";

/**
 * `actions` is for nx-set-shas. Packages are for the build cache and for pushes with GITHUB_TOKEN, if these are in
 * ghcr.io.
 */
export function permissionsTo(plan: CiPlan, { push = false, since = false }): Record<string, string> {
  const usesCache = hasGhcrCache(plan);
  const packages = push ? usesCache || plan.pushVariables.includes('GITHUB_TOKEN') : usesCache;
  return {
    ...readOnly,
    ...(since && { actions: 'read' }),
    ...(packages && { packages: push ? 'write' : 'read' }),
  };
}

export function job(rest: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries({ 'runs-on': 'ubuntu-latest', ...rest }).filter(([, value]) => value !== undefined),
  );
}

/** The variables that are not secrets, including those for sharding. */
export function machines({ shards }: CiPlan, variables: Record<string, string> = {}): object {
  const shard = Array.from({ length: shards }, (_, index) => index + 1);
  const env = { ...(shards > 1 && { SHARD: `\${{ matrix.shard }}/${shards}` }), ...variables };
  return {
    ...(shards > 1 && { strategy: { 'fail-fast': false, matrix: { shard } } }),
    ...(Object.keys(env).length > 0 && { env }),
  };
}

export function allVariables({ buildVariables, pushVariables }: CiPlan): string[] {
  return [...buildVariables, ...pushVariables];
}

export interface Environment {
  env?: Record<string, string>;
}

/** Secrets for the one step that needs them: all other steps run install scripts and third-party actions. */
export function environment(variables: readonly string[]): Environment {
  return environmentOf(variables.map((name) => [name, `secrets.${name}`]));
}

/** The same with an expression for the value of each variable. */
export function environmentOf(values: readonly (readonly [name: string, expression: string])[]): Environment {
  const own = values.filter(([name]) => !isSetByRunner(name));
  if (own.length === 0) return {};
  return { env: Object.fromEntries(own.map(([name, expression]) => [name, `\${{ ${expression} }}`])) };
}

export function prepare(plan: CiPlan): Step[] {
  const { packageManager, packageManagerVersion, nodeVersionFile } = plan;
  return [
    { uses: actions.checkout.uses, with: { 'fetch-depth': 0, 'persist-credentials': false } },
    ...(packageManager === 'pnpm'
      ? [{ uses: actions.pnpm.uses, ...(packageManagerVersion && { with: { version: packageManagerVersion } }) }]
      : []),
    // setup-node runs yarn to find its cache, so yarn must be installed first.
    ...(packageManager === 'yarn-berry' ? [{ name: 'Use the yarn of package.json', run: 'corepack enable' }] : []),
    ...(packageManager === 'bun' ? [{ uses: actions.bun.uses }] : []),
    {
      uses: actions.node.uses,
      with: {
        ...(nodeVersionFile ? { 'node-version-file': nodeVersionFile } : { 'node-version': 22 }),
        ...(packageManager === 'bun' ? { 'package-manager-cache': false } : { cache: packageManager.split('-')[0] }),
      },
    },
    { name: 'Install', run: plan.install.join('\n') },
  ];
}

/** Finds the commit since which the images have changed. */
export function shas({ branch }: CiPlan): Step {
  return { uses: actions.shas.uses, with: { 'main-branch-name': branch } };
}

export function cacheSteps(plan: CiPlan, write: boolean): Step[] {
  if (plan.cache === 'none') return [];
  const names = ['IMAGE_CACHE_FROM', ...(write ? ['IMAGE_CACHE_TO'] : [])];
  return [
    ...loginSteps(plan),
    {
      name: 'Use the build cache',
      run: names.map((name) => `echo "${name}=${cacheRepository(plan)}" >> "$GITHUB_ENV"`).join('\n'),
    },
  ];
}

/** Where the build cache is in ghcr.io, its login also serves private base images there. */
export function loginSteps(plan: CiPlan): Step[] {
  return hasGhcrCache(plan) ? [ghcrLogin] : [];
}

/** Logs the engine in to the registry of GitHub. */
export const ghcrLogin: Step = {
  uses: actions.login.uses,
  with: { registry: 'ghcr.io', username: '${{ github.actor }}', password: '${{ secrets.GITHUB_TOKEN }}' },
};

export function hasGhcrCache(plan: CiPlan): boolean {
  return plan.cache !== 'none' && cacheRepository(plan).startsWith('ghcr.io/');
}

function cacheRepository({ cache }: CiPlan): string {
  return cache ?? 'ghcr.io/${GITHUB_REPOSITORY,,}/build-cache';
}

export function run(name: string, lines: readonly string[], secrets: Environment): Step[] {
  const [first = '', second] = lines;
  if (second === undefined) return [{ name, ...secrets, run: first }];
  return [
    { name: "Choose this machine's images", run: first },
    { name, ...secrets, run: second },
  ];
}
