import { EngineError, type BuildTarget, type BuiltImage } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';
import type { Staging } from '../../staging/staging.ts';
import type { BuildRun } from './build-run.ts';

/** A built image, in the engine or by its digest in the staging repository. */
export interface Built extends BuiltImage {
  isThere: boolean;
}

/**
 * Builds an image into the engine. A builder elsewhere puts it into staging; without staging, or if nothing can be put there,
 * the engine takes it from the builder.
 *
 * @throws EngineError `unsupported` if neither is possible, and whatever the build throws
 */
export async function buildSomewhere(
  { engine: { builder } }: BuildRun,
  { document }: BuildPlan,
  staging: Staging | undefined,
  build: (target?: BuildTarget) => Promise<BuiltImage>,
): Promise<Built> {
  if (builder && staging?.isWritable) {
    try {
      return { ...(await build(staging.buildTarget)), isThere: true };
    } catch (error) {
      const failure = pushFailure(error);
      if (!failure) throw error;
      staging.refusesBuilds(failure);
    }
  }
  if (builder?.loads === false) {
    const why = staging ? 'nothing can be put into staging' : 'the manifest has no `staging`';
    throw new EngineError(
      'unsupported',
      `${document.reference} was not built: ${why}, and no docker daemon can take it`,
      {
        hint: `the builder "${builder.name}" keeps no images: set \`staging\` in the manifest with a login that may write, or start docker`,
      },
    );
  }
  return { ...(await build()), isThere: false };
}

/** The failure of a builder that has built an image, and could not push it; `undefined` for other errors. */
function pushFailure(error: unknown): EngineError | undefined {
  if (!(error instanceof EngineError) || error.code !== 'build-failed') return undefined;
  const line = error.output?.split('\n').findLast((text) => /failed to push/i.test(text));
  if (line === undefined) return undefined;
  const isRefused = /\b40[13]\b|denied|unauthorized|insufficient_scope|no basic auth/i.test(line);
  return new EngineError(isRefused ? 'unauthorized' : 'push-failed', line.replace(/^ERROR:\s*/, '').slice(0, 300));
}
