import type { AttestationSettings } from '@nx-image-matrix/manifest';
import { parseReference } from '@nx-image-matrix/manifest/reference';
import { mapLimited } from '../process/map-limited.ts';
import { isObject } from '../unknown.ts';
import type { RegistryClient } from './client.ts';
import { configOf, entriesOf, isDigest, type IndexEntry, type Manifest } from './manifest.ts';

/** Images whose attestations are read at once. */
const atOnce = 4;

/**
 * What is attested of each image in an index, by its attestations
 * (https://docs.docker.com/build/metadata/attestations/attestation-storage/). Nothing for an image that is not in an index.
 * A generator is not told.
 *
 * @throws EngineError if the registry does not answer, or has something else
 */
export async function attestationsOf(
  client: Pick<RegistryClient, 'manifest' | 'blob'>,
  reference: string,
  manifest: Manifest,
): Promise<AttestationSettings> {
  if (configOf(manifest) !== undefined) return {};
  const entries = entriesOf(manifest);
  const images = entries.filter(({ isAttestation }) => !isAttestation);
  const found = await mapLimited(images, atOnce, ({ digest }) =>
    attestedOf(client, reference, entries.filter(isOf(digest))),
  );
  const [first, ...others] = found;
  return first ? others.reduce(common, first) : {};
}

function isOf(digest: string): (entry: IndexEntry) => boolean {
  return ({ isAttestation, annotations }) =>
    isAttestation &&
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
    annotations['vnd.docker.reference.digest'] === digest;
}

/** What all images have. */
function common(one: AttestationSettings, other: AttestationSettings): AttestationSettings {
  const provenance = one.provenance === 'max' ? other.provenance : other.provenance && one.provenance;
  return { ...(provenance && { provenance }), ...(one.sbom && other.sbom && { sbom: {} }) };
}

async function attestedOf(
  client: Pick<RegistryClient, 'manifest' | 'blob'>,
  reference: string,
  entries: readonly IndexEntry[],
): Promise<AttestationSettings> {
  const found: AttestationSettings = {};
  const { registry, repository } = parseReference(reference);
  for (const { digest } of entries) {
    const manifest = await client.manifest(`${registry}/${repository}@${digest}`);
    for (const { type, blob } of manifest ? statementsIn(manifest) : []) {
      if (type === 'https://spdx.dev/Document') found.sbom = {};
      if (type.startsWith('https://slsa.dev/provenance/')) {
        found.provenance = isFull(await client.blob(reference, blob)) ? 'max' : (found.provenance ?? 'min');
      }
    }
  }
  return found;
}

/** Type and digest of the in-toto statements that an attestation manifest names. */
function statementsIn({ body }: Manifest): { type: string; blob: string }[] {
  const document = readJson(body);
  const layers: unknown = isObject(document) ? document['layers'] : undefined;
  return (Array.isArray(layers) ? layers : []).flatMap((layer: unknown) => {
    const annotations: unknown = isObject(layer) ? layer['annotations'] : undefined;
    const type: unknown = isObject(annotations) ? annotations['in-toto.io/predicate-type'] : undefined;
    const blob: unknown = isObject(layer) ? layer['digest'] : undefined;
    return typeof type === 'string' && isDigest(blob) ? [{ type, blob }] : [];
  });
}

/** Whether provenance has the steps of the build, in SLSA 0.2 or 1 (https://slsa.dev/spec/v1.0/provenance). */
function isFull(statement: Buffer | undefined): boolean {
  const document = readJson(statement);
  const predicate: unknown = isObject(document) ? document['predicate'] : undefined;
  if (!isObject(predicate)) return false;
  const definition: unknown = predicate['buildDefinition'];
  const internal: unknown = isObject(definition) ? definition['internalParameters'] : undefined;
  return isObject(predicate['buildConfig']) || (isObject(internal) && isObject(internal['buildConfig']));
}

function readJson(content: Buffer | undefined): unknown {
  try {
    return JSON.parse(content?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
