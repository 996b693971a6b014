import { normalizePlatform } from '@nx-image-matrix/engine';
import type { BuildPlan } from './plan.ts';

/**
 * Whether an image with these build IDs, one for each of its platforms, was built from the files of a plan: at once for all
 * platforms, or for each by itself and then joined.
 */
export function isBuiltFrom(plan: BuildPlan, ids: readonly (string | undefined)[]): boolean {
  if (ids.length === 0) return false;
  return ids.every((id) => id === plan.buildId) || isJoinedFrom(plan, ids);
}

/** Whether these are the build IDs of all its platforms, each built by itself. */
export function isJoinedFrom(plan: BuildPlan, ids: readonly (string | undefined)[]): boolean {
  if (!hasParts(plan) || ids.length !== plan.platforms.length) return false;
  const found = new Set(ids);
  return plan.platforms.every((platform) => found.has(plan.forPlatform(platform).buildId));
}

/** Whether a build ID is that of the image, or of one of its platforms, as an engine that pulls a joined image has it. */
export function isBuildIdOf(plan: BuildPlan, id: string | undefined): boolean {
  return id === plan.buildId || (hasParts(plan) && partsOf(plan).some(({ buildId }) => buildId === id));
}

/** Whether its platforms can be built each by itself. */
export function hasParts(plan: BuildPlan): boolean {
  return plan.platforms.some((platform) => plan.forPlatform(platform) !== plan);
}

/** The plans of its platforms, in the order of the manifest. */
export function partsOf({ platforms, document, forPlatform }: BuildPlan): BuildPlan[] {
  const named = document.platforms.map((platform) => normalizePlatform(platform));
  return [...new Set([...named, ...platforms])].map((platform) => forPlatform(platform));
}
