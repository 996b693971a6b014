import { parseReference } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '../errors.ts';
import { registryClient, type RegistryClient } from './client.ts';
import type { DigestOptions } from './current-digests.ts';
import { configOf, entriesOf, platformName } from './manifest.ts';
import { referenceInMirror, repositoryInMirror, type Mirror } from './mirror.ts';

type PlatformOptions = Pick<DigestOptions, 'credentials' | 'insecure' | 'environment' | 'signal' | 'mirrors'>;

/** It is only a hint before a build, which says the same later. */
const patience = { tries: 1, request: 5_000, total: 10_000 };

/**
 * The platforms of an image in its registry, or in a mirror in its place; `undefined` if none of them says.
 * @throws EngineError `interrupted`
 */
export async function platformsOf(reference: string, options: PlatformOptions = {}): Promise<string[] | undefined> {
  const { registry, digest } = parseReference(reference);
  const mirrors = options.mirrors?.get(registry) ?? [];
  const plain = mirrors.filter(({ plainHttp }) => plainHttp).map((mirror) => mirror.registry);
  const insecure = [...(options.insecure ?? []), ...plain];
  const client = registryClient({ ...options, insecure, policy: patience });
  const inMirror = (mirror: Mirror): string =>
    digest === undefined ? referenceInMirror(mirror, reference) : `${repositoryInMirror(mirror, reference)}@${digest}`;
  for (const asked of [...mirrors.map(inMirror), reference]) {
    try {
      const found = await platformsAt(client, asked);
      if (found) return found;
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'interrupted') throw error;
    }
  }
  return undefined;
}

async function platformsAt(client: RegistryClient, reference: string): Promise<string[] | undefined> {
  const manifest = await client.manifest(reference);
  if (!manifest) return undefined;
  if (configOf(manifest) !== undefined) return [platformName(await client.platform(reference, manifest))];
  const images = entriesOf(manifest).filter(({ isAttestation }) => !isAttestation);
  // An index need not name platforms; then each image would have to be asked.
  const named = images.flatMap(({ platform }) => (platform ? [platformName(platform)] : []));
  return named.length === images.length ? named : undefined;
}
