import { EngineError } from '../errors.ts';
import { mapLimited } from '../process/map-limited.ts';
import type { RegistryClient } from './client.ts';
import { configOf, entriesOf, indexOf, platformName, type IndexEntry, type Manifest } from './manifest.ts';

/** One platform of an image, built by itself. */
export interface ImagePart {
  /** `linux/arm64` */
  platform: string;
  /** `REPOSITORY@DIGEST` */
  source: string;
}

/** Parts that are read at once. */
const atOnce = 4;

/**
 * The index of images that were built each for one platform, with their attestations, in the order of the parts. The same
 * parts give the same bytes, whoever joins them. Only reads.
 *
 * @throws EngineError `not-found` if a part is gone, `registry-failed` if it is for another platform
 */
export async function joinedIndex(client: RegistryClient, parts: readonly ImagePart[]): Promise<Manifest> {
  const entries = await mapLimited([...parts], atOnce, (part) => entriesOfPart(client, part));
  return indexOf(entries.flat());
}

async function entriesOfPart(client: RegistryClient, { platform, source }: ImagePart): Promise<IndexEntry[]> {
  const manifest = await client.manifest(source);
  if (!manifest) throw new EngineError('not-found', `${source}, the image for ${platform}, is gone`);
  const images = configOf(manifest) === undefined ? entriesOf(manifest) : [entryOf(manifest)];
  const complete = await mapLimited(images, atOnce, async (entry): Promise<IndexEntry> => {
    if (entry.isAttestation || entry.platform) return entry;
    const image = configOf(manifest) === undefined ? await client.manifest(withDigest(source, entry.digest)) : manifest;
    if (!image) throw new EngineError('not-found', `${entry.digest} of ${source} is gone`);
    return { ...entry, platform: await client.platform(source, image) };
  });
  const found = complete.flatMap((entry) =>
    entry.isAttestation || !entry.platform ? [] : [platformName(entry.platform)],
  );
  if (found.length === 1 && found[0] === platform) return complete;
  throw new EngineError(
    'registry-failed',
    `${source} is for ${found.join(' and ') || 'no platform'}, not for ${platform}`,
  );
}

function entryOf({ mediaType, digest, body }: Manifest): IndexEntry {
  return { mediaType, digest, size: body.length, isAttestation: false };
}

function withDigest(source: string, digest: string): string {
  return `${source.slice(0, source.lastIndexOf('@'))}@${digest}`;
}
