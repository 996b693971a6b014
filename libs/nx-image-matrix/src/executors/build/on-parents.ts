import { EngineError, transientFailure } from '@nx-image-matrix/engine';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { isBroken } from '../../staging/is-broken.ts';
import type { BuildRun } from './build-run.ts';
import { parentsOf, type Parents } from './parents-of.ts';

/** Most builds of an image in a run if other machines change its parents meanwhile. */
export const MOST_BUILDS = 3;

/**
 * Builds an image on its current parents, and again if one of them was replaced or has vanished from staging since it was
 * looked at.
 * @throws Error as `parentsOf` and `build` do
 */
export async function onParents<T>(
  run: BuildRun,
  plan: BuildPlan,
  { rebuild, build }: { rebuild: (parent: BuildPlan) => Promise<void>; build: (parents: Parents) => Promise<T> },
): Promise<{ parents: Parents; built: T }> {
  for (let tries = 1; ; tries += 1) {
    const parents = await parentsOf(run, plan, rebuild);
    try {
      return { parents, built: await build(parents) };
    } catch (error) {
      if (tries === MOST_BUILDS || run.signal.aborted || !run.stagings.of(plan)) throw error;
      const mayHelp = transientFailure(error) !== undefined || refuseLost(run, plan, parents, error);
      if (!mayHelp) throw error;
      run.report.note(plan.folder.project, `${messageOf(error)}; building it again`);
    }
  }
}

/** If a build has failed because of a parent in staging, parents are not taken from there again in this run. */
function refuseLost(run: BuildRun, plan: BuildPlan, { remote }: Parents, error: unknown): boolean {
  let found = false;
  for (const { reference, source } of remote) {
    const parent = plan.parents.find(({ document }) => document.reference === reference);
    if (!parent || !names(error, source)) continue;
    const digest = source.slice(source.indexOf('@') + 1);
    run.stagings.of(parent)?.refuse(parent, { digest }, isBroken(error));
    found = true;
  }
  return found;
}

/** BuildKit names the image, or the address that it has asked for a layer. */
function names(error: unknown, source: string): boolean {
  if (!(error instanceof EngineError)) return false;
  const words = `${error.message}\n${error.output ?? ''}`;
  const [repository = ''] = source.split('@');
  return words.includes(repository) || words.includes(`//${registryOf(source)}/v2/`);
}
