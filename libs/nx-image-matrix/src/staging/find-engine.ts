import { findEngine, likelyPlatforms, type Engine } from '@nx-image-matrix/engine';
import type { Stagings } from './stagings.ts';

export interface FoundEngine {
  engine: Engine;
  /** Whether the machine has no engine, so that images can only be reused. */
  withoutEngine: boolean;
}

/**
 * The engine of a machine, or on one without an engine, a stand-in for it if images can be reused from staging.
 * @throws EngineError without an engine and without staging
 */
export async function findEngineOrNone(
  choice: Parameters<typeof findEngine>[0],
  stagings: Stagings,
): Promise<FoundEngine> {
  try {
    return { engine: await findEngine(choice), withoutEngine: false };
  } catch (error) {
    if (stagings.isEmpty) throw error;
    return { engine: absentEngine(error), withoutEngine: true };
  }
}

/** Has no images; everything else throws `error`. */
function absentEngine(error: unknown): Engine {
  const refuse = async (): Promise<never> => {
    throw error;
  };
  return {
    name: 'no engine',
    version: '',
    platforms: likelyPlatforms(process.env),
    images: async () => new Map(),
    build: refuse,
    buildArchive: refuse,
    tag: refuse,
    pull: refuse,
    save: refuse,
    push: refuse,
    remove: refuse,
  };
}
