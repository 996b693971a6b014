import { createHash } from 'node:crypto';
import { EngineError } from '../errors.ts';
import { markTransient } from './transient.ts';

/** All four, or an old registry converts the image to schema 1 and answers with the digest of that. */
export const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** A manifest or index, byte for byte as a registry has it. */
export interface Manifest {
  digest: string;
  mediaType: string;
  body: Buffer;
}

interface ManifestDocument {
  mediaType?: string;
  config?: { digest?: string };
  manifests?: { digest: string; platform?: { os?: string }; annotations?: Record<string, string> }[];
}

/**
 * The manifest that an answer holds.
 * @throws EngineError, marked as passing, when it is not whole
 */
export function readManifest(headers: Headers, body: Buffer, asked?: string): Manifest {
  const digest = digestOf(body);
  const named = asked ?? headers.get('docker-content-digest') ?? digest;
  if (named.startsWith('sha256:') && named !== digest) {
    throw markTransient(new EngineError('registry', `the registry answered with ${digest}, but names it ${named}`));
  }
  const header = headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  const mediaType = manifestTypes.includes(header) && header ? header : (parse(body).mediaType ?? header);
  return { digest, mediaType, body };
}

/** The digest of a manifest's configuration; undefined for an index. */
export function configOf(manifest: Manifest): string | undefined {
  return parse(manifest.body).config?.digest;
}

/** The digests of an index's images: one for each platform, attestations left out. */
export function imagesOf(manifest: Manifest): string[] {
  const entries = parse(manifest.body).manifests ?? [];
  return entries
    .filter(({ platform, annotations }) => platform?.os !== 'unknown' && !annotations?.['vnd.docker.reference.type'])
    .map(({ digest }) => digest);
}

/** `sha256:...` of some bytes. */
export function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

function parse(body: Buffer): ManifestDocument {
  try {
    return JSON.parse(body.toString('utf8')) as ManifestDocument;
  } catch (error) {
    throw new EngineError('registry', 'the registry has something that is no manifest', { cause: error });
  }
}
