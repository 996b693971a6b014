import { findEngine, type EngineImage, type EngineChoice } from '@nx-image-matrix/engine';
import { messageOf } from '@nx-image-matrix/engine/unknown';

/** The images of an engine. */
export interface ImagesOfEngine {
  /** By the requested reference; absent if no engine answers. */
  images?: ReadonlyMap<string, EngineImage>;
  /** `docker 28.2.2`, or why it is unknown. */
  engine: string;
  /** The platform of builds if the manifest names none; absent if no engine answers. */
  platforms?: readonly string[];
}

/** Milliseconds that a table waits for an engine. */
const retryTimeout = 5000;

/**
 * Asks the engine which images it has. Never fails and never waits long, because a table must not require an engine.
 */
export async function imagesOfEngine(choice: EngineChoice, references: string[]): Promise<ImagesOfEngine> {
  if (references.length === 0) return { images: new Map(), engine: 'not asked: nothing was built here' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ImagesOfEngine>((resolve) => {
    timer = setTimeout(() => resolve({ engine: `no answer within ${retryTimeout / 1000} s` }), retryTimeout);
  });
  try {
    return await Promise.race([ask(choice, references), late]);
  } catch (error) {
    return { engine: messageOf(error).split('\n', 1).join() };
  } finally {
    clearTimeout(timer);
  }
}

async function ask(choice: EngineChoice, references: string[]): Promise<ImagesOfEngine> {
  const engine = await findEngine(choice);
  const { name, version, platforms } = engine;
  return { images: await engine.images(references), engine: `${name} ${version}`, platforms };
}
