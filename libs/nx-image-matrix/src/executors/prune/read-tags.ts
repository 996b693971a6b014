import {
  BadContent,
  mapLimited,
  referencesIn,
  type Manifest,
  type RegistryClient,
  type RegistryTags,
} from '@nx-image-matrix/engine';
import { digestsIn, PARENTS_LABEL } from '../../staging/parents-label.ts';
import type { TagFacts } from './tag-facts.ts';

/** How a repository is read. */
export interface Reading {
  client: RegistryClient;
  tags: RegistryTags;
  /** Whether the image of a tag is asked for its time. */
  isWanted: (tag: string) => boolean;
  /** Times in milliseconds that say nothing, because images are built with them on purpose. */
  fixedTimes: ReadonlySet<number>;
  /** Milliseconds since 1970. */
  now: number;
}

/** Questions to a registry at once. */
const AT_ONCE = 8;
/** Milliseconds that the clock of another machine may be ahead. */
const AHEAD = 86_400_000;

/**
 * All tags of a repository, sorted. Every manifest is read, because any may be an index that names others.
 * @throws EngineError
 */
export async function readTags(repository: string, reading: Reading): Promise<TagFacts[]> {
  const names = await reading.tags.list(repository);
  const known = new Map<string, Promise<Pick<TagFacts, 'created' | 'parents'>>>();
  const facts = await mapLimited(names, AT_ONCE, async (tag): Promise<TagFacts[]> => {
    const reference = `${repository}:${tag}`;
    const manifest = await reading.client.manifest(reference);
    // It was deleted meanwhile.
    if (!manifest) return [];
    const fact = {
      tag,
      digest: manifest.digest,
      refersTo: referencesIn(manifest),
      parents: [],
    };
    if (!reading.isWanted(tag)) return [fact];
    const configuration = known.get(manifest.digest) ?? readConfiguration(reference, manifest, reading);
    known.set(manifest.digest, configuration);
    return [{ ...fact, ...(await configuration) }];
  });
  return facts.flat();
}

/** The newest time of all platforms; none if one of them has no time that counts. */
async function readConfiguration(
  reference: string,
  manifest: Manifest,
  { client, fixedTimes, now }: Reading,
): Promise<Pick<TagFacts, 'created' | 'parents'>> {
  try {
    const found = await client.configurations(reference, manifest);
    const parents = found.flatMap(({ labels }) => digestsIn(labels[PARENTS_LABEL]));
    const times = found.map(({ created = 0 }) => created);
    const count = times.every((time) => time > 0 && time <= now + AHEAD && !fixedTimes.has(time));
    return {
      parents,
      ...(times.length > 0 && count && { created: Math.max(...times) }),
    };
  } catch (error) {
    // Anybody who may push can put anything under a tag.
    if (error instanceof BadContent) return { parents: [] };
    throw error;
  }
}
