import type { BuildPlan } from '../build-plan/plan.ts';
import { readRecord } from '../build-plan/record.ts';
import type { Stagings } from './stagings.ts';

/**
 * Which platforms an image lacks if only some of them have been built, in words; `undefined` if that is not the problem.
 * @param what what is not done therefore: `is not pushed`
 */
export async function missingParts(
  root: string,
  plan: BuildPlan,
  stagings: Stagings,
  what: string,
): Promise<string | undefined> {
  if (plan.platforms.length < 2) return undefined;
  const { reference } = plan.document;
  const own = readRecord(root, plan.folder)?.buildId;
  const built = plan.platforms.filter((platform) => plan.forPlatform(platform).buildId === own);
  const staging = stagings.of(plan);
  const missing = staging
    ? await staging.missingPlatforms(plan)
    : plan.platforms.filter((name) => !built.includes(name));
  if (missing.length === 0 || (missing.length === plan.platforms.length && built.length === 0)) return undefined;
  const where = staging ? 'not in staging' : 'not built here, and without staging one machine has to build all';
  const one = missing.length === 1 ? 'it' : 'each';
  return (
    `${reference} ${what}: its ${missing.length === 1 ? 'platform' : 'platforms'} ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} ${where}. ` +
    `Build ${one} with IMAGE_PLATFORMS=${missing[0]} and the docker-build target of ${plan.folder.project}.`
  );
}
