import { actions } from './actions.ts';
import { cloudToken } from './agents.ts';
import { cacheSteps, environment, ghcrLogin, hasGhcrCache, type Environment, type Step } from './github-steps.ts';
import type { CiPlan } from './plan.ts';
import { defaultPlatform, needsEmulation, platformJobs } from './platforms.ts';
import { conditionsLine, stagingVariables, type StagingPlan } from './staging-plan.ts';

/*
 * Parts of jobs that the workflows of GitHub share for images with staging.
 */

/** Its secrets can be limited to the main branch, so that no edited workflow of another branch gets them. */
export const mainEnvironment = 'images';

export const ghcr = 'ghcr.io';

export function usesGhcr(plan: CiPlan, staging: StagingPlan): boolean {
  return hasGhcrCache(plan) || stagesInGhcr(staging);
}

/** Whether GITHUB_TOKEN is the login of staging. */
export function stagesInGhcr({ ownLogins, logins }: StagingPlan): boolean {
  return ownLogins.includes(ghcr) || logins.some(({ password }) => password === 'GITHUB_TOKEN');
}

export function packages(access: 'read' | 'write' | false): Record<string, string> {
  return access ? { packages: access } : {};
}

export function engineSteps(plan: CiPlan, staging: StagingPlan, write: boolean): Step[] {
  const { platforms, ownLogins } = staging;
  return [
    ...(needsEmulation(platforms, plan.runners ?? {}) ? [{ uses: actions.qemu.uses }] : []),
    ...(ownLogins.includes(ghcr) && !hasGhcrCache(plan) ? [ghcrLogin] : []),
    ...cacheSteps(plan, write),
  ];
}

/** The runners of a job that builds, and its variables that are not secrets. */
export function machines(
  plan: CiPlan,
  { platforms }: Pick<StagingPlan, 'platforms'>,
  variables: Record<string, string> = {},
): object {
  const { shards, runners = {} } = plan;
  const native = platforms.length > 0;
  const include = platformJobs(platforms, 'github', runners);
  const matrix = {
    ...(shards > 1 && { shard: Array.from({ length: shards }, (_, index) => index + 1) }),
    ...(native && { platform: platforms, include }),
  };
  return {
    ...(native && { 'runs-on': '${{ matrix.runner }}' }),
    ...(Object.keys(matrix).length > 0 && { strategy: { 'fail-fast': false, matrix } }),
    env: {
      ...(shards > 1 && { SHARD: `\${{ matrix.shard }}/${shards}` }),
      ...(native && { IMAGE_PLATFORMS: '${{ matrix.platform }}' }),
      ...platformVariables({ platforms }),
      IMAGE_LOAD: 'false',
      ...variables,
    },
  };
}

/** An image whose manifest names no platform is built by the job of this one alone. */
export function platformVariables({ platforms }: Pick<StagingPlan, 'platforms'>): Record<string, string> {
  return platforms.length === 0 ? {} : { DOCKER_DEFAULT_PLATFORM: defaultPlatform };
}

/** Stops before the last line if a variable is missing without which nothing would be staged. */
export function requiringStaging(lines: readonly string[], staging: StagingPlan): string[] {
  const line = conditionsLine(staging);
  return line === undefined ? [...lines] : [...lines.slice(0, -1), `${line}\n${lines.at(-1) ?? ''}`];
}

export function puttingEnvironment(plan: CiPlan, staging: StagingPlan): Environment {
  return environment([...plan.buildVariables, ...stagingVariables(staging), ...cloudVariables(plan)]);
}

export function cloudVariables({ agents }: CiPlan): string[] {
  return agents === undefined ? [] : [cloudToken];
}
