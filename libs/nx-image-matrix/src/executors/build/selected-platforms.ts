import type { BuildPlan } from '../../build-plan/plan.ts';
import { hasParts, partsOf } from '../../build-plan/built-from.ts';

/**
 * What is built of an image: the whole, or if only some platforms are wanted, each of those by itself; nothing if it has
 * none of them.
 */
export function selectPlatforms(plan: BuildPlan, wanted: readonly string[] | undefined): BuildPlan[] {
  if (!wanted) return [plan];
  const parts = partsOf(plan).filter(({ platforms }) => platforms.every((platform) => wanted.includes(platform)));
  // A platform that the engine chose is not one of several.
  return hasParts(plan) || parts.length === 0 ? parts : [plan];
}
