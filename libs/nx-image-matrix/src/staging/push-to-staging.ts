import { configOf, EngineError, type Engine, type PushOptions, type RegistryClient } from '@nx-image-matrix/engine';
import type { StagedContent } from './staged-content.ts';
import type { Location } from './staged-image.ts';

/** An image in the engine, or in the repository without a tag. */
export interface BuiltImage {
  /** Its ID in the engine, or its digest in the repository. */
  id: string;
  /** The digests of its own parents. */
  parents: readonly string[];
  /** Bytes, if they are known. */
  size?: number | null;
  /** Whether the repository has it already, by its digest. */
  isThere?: boolean;
}

/** Milliseconds for the push of one image, which depend on its size. */
const SHORTEST_PUSH = 120_000;
const LONGEST_PUSH = 30 * 60_000;
const BYTES_PER_MILLISECOND = 2_000;
/** Most pushes of one image if another process on the engine takes its name away. */
const MOST_PUSHES = 3;

/**
 * Pushes an image of the engine under a name that it has only meanwhile, and returns its digest.
 * @throws EngineError
 */
export async function pushToStaging(
  { id, size }: BuiltImage,
  reference: string,
  engine: Engine,
  options: PushOptions,
): Promise<string> {
  const timeout = timeoutOf(size);
  for (let tries = 1; ; tries += 1) {
    await engine.tag(id, reference);
    try {
      return (await engine.push(reference, { ...options, timeout })).digest;
    } catch (error) {
      // Another process on the same engine puts the same image there, and has removed the name.
      if (tries === MOST_PUSHES || !(error instanceof EngineError && error.code === 'not-found')) throw error;
    } finally {
      await engine.remove(reference).catch(() => {});
    }
  }
}

/** Gives an image of the repository, by its digest, a tag. */
export async function tagInStaging(
  reference: string,
  digest: string,
  client: RegistryClient,
  content: StagedContent,
): Promise<string> {
  const manifest = await content.manifest({ digest });
  if (!manifest) throw new EngineError('not-found', `${content.source({ digest })} is gone`);
  await client.put(reference, manifest, { what: `${reference} was not put there` });
  return digest;
}

/**
 * Whether what was pushed is an image of this process: another one on the same engine may have given the name to its own
 * at that moment. Of an index it is not known.
 */
export async function isPushedImage({ id }: BuiltImage, pushed: Location, content: StagedContent): Promise<boolean> {
  if (pushed.digest === id) return true;
  const manifest = await content.manifest(pushed);
  const config = manifest && configOf(manifest);
  return manifest !== undefined && (config === undefined || config === id);
}

/** Milliseconds to push an image of that many bytes; a repository that takes longer is stuck. */
function timeoutOf(size: number | null | undefined): number | undefined {
  return typeof size === 'number' ? Math.min(LONGEST_PUSH, SHORTEST_PUSH + size / BYTES_PER_MILLISECOND) : undefined;
}
