import {
  EngineError,
  findCredentials,
  mapLimited,
  normalizePlatforms,
  platformsOf,
  runMemory,
} from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';
import { mirrorsFor } from '../../repositories/mirrors.ts';

/** Questions at once. */
const AT_ONCE = 8;

/**
 * Why images cannot be built, by project: the image that they start from lacks a platform that the manifest names. Each base
 * is asked for once; one that does not answer is left to the build.
 */
export async function missingPlatforms(
  plans: readonly BuildPlan[],
  optionsOf: OptionsOf,
  signal: AbortSignal,
): Promise<Map<string, Error>> {
  const named = plans.filter(({ document }) => document.platforms.length > 0 && document.from !== 'scratch');
  const external = named.filter((plan) => !ownParent(plan));
  const bases = new Map(external.map(({ document, folder }) => [document.from, folder.manifest]));
  const memory = runMemory();
  const known = new Map<string, readonly string[] | undefined>();
  await mapLimited([...bases], AT_ONCE, async ([base, manifest]) => {
    const options = optionsOf(manifest);
    const platforms = await platformsOf(base, {
      credentials: (registry) => findCredentials(registry, process.env, memory),
      insecure: options.insecureRegistries,
      mirrors: await mirrorsFor([base], options),
      signal,
    });
    known.set(base, platforms);
  });
  const problems = new Map<string, Error>();
  for (const plan of named) {
    const has = ownParent(plan)?.platforms ?? known.get(plan.document.from);
    const missing = has && normalizePlatforms(plan.requested).filter((platform) => !has.includes(platform));
    if (missing && missing.length > 0) problems.set(plan.folder.project, missingPlatform(plan, missing, has));
  }
  return problems;
}

function ownParent({ document, parents }: BuildPlan): BuildPlan | undefined {
  return parents.find((parent) => parent.document.reference === document.from);
}

function missingPlatform({ document, folder }: BuildPlan, missing: readonly string[], has: readonly string[]): Error {
  const { reference, from } = document;
  return new EngineError(
    'missing-platform',
    `${reference} is for ${missing.join(' and ')}, but ${from}, which it starts from, is for ${has.join(', ') || 'no platform'}`,
    {
      hint: `remove the platform in ${folder.manifest}, or let the image start from one that has it`,
      place: folder.project,
    },
  );
}
