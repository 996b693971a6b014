import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from '../errors.ts';
import { header } from '../http/request.ts';
import { normalizePlatform } from '../platform.ts';
import { isObject } from '../unknown.ts';
import { markTransient } from './transient.ts';
import { plainLine } from './words.ts';

/**
 * All four are needed: otherwise an old registry converts the image to schema 1 and answers with the digest of that.
 */
const types = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

export const manifestTypes = types.join(', ');

/** More platforms than any image has; each needs a request. */
const mostImages = 64;

/** A registry answers, but what it has there is of no use. */
export class BadContent extends EngineError {}

/** A manifest or index, byte for byte as in the registry. */
export interface Manifest {
  digest: string;
  mediaType: string;
  body: Buffer;
}

interface ManifestDocument {
  mediaType?: unknown;
  config?: { digest?: unknown } | null;
  layers?: unknown;
  manifests?: unknown;
}

/**
 * The manifest in an answer.
 * @throws EngineError, marked as transient, if it is incomplete
 */
export function readManifest(headers: IncomingHttpHeaders, body: Buffer, asked?: string): Manifest {
  const digest = digestOf(body);
  const named = asked ?? header(headers, 'docker-content-digest');
  if (isDigest(named) && named !== digestOf(body, named.slice(0, 6))) {
    throw markTransient(
      new BadContent('registry-failed', `the registry answered with ${digest}, but names it ${named}`),
    );
  }
  return { digest, mediaType: mediaTypeOf(header(headers, 'content-type'), body), body };
}

/** Keeps older types than those requested, so that a tag can be restored. */
function mediaTypeOf(contentType: string | undefined, body: Buffer): string {
  const named = contentType?.split(';')[0]?.trim() ?? '';
  if (types.includes(named)) return named;
  const own = parse(body).mediaType;
  return typeof own === 'string' && types.includes(own) ? own : named;
}

/**
 * The digest of a manifest's configuration; `undefined` for an index.
 * @throws EngineError if it is not a digest
 */
export function configOf(manifest: Manifest): string | undefined {
  const digest = parse(manifest.body).config?.digest;
  return digest === undefined ? undefined : checked(digest);
}

/**
 * The digests of the images in an index: one per platform, without attestations.
 * @throws EngineError if it is not an index, or has too many images
 */
export function imagesOf(manifest: Manifest): string[] {
  const { manifests = [] } = parse(manifest.body);
  if (!Array.isArray(manifests)) throw notManifest();
  const entries = manifests.filter((entry) => !isAttestation(entry));
  if (entries.length > mostImages)
    throw new BadContent('registry-failed', `the registry has an index of ${entries.length} images`);
  return entries.map((entry) => checked(valueIn(entry, 'digest')));
}

/** A blob that a manifest names. */
export interface Descriptor {
  digest: string;
  /** In bytes. */
  size: number;
}

/** What has to be in a repository before a manifest. */
export interface Content {
  /** Digests of the manifests of an index, attestations included. */
  manifests: string[];
  /** Configuration and layers of a manifest, without layers that are to be had elsewhere. */
  blobs: Descriptor[];
}

/** Docker stops at 127 layers; artifacts may have more. */
const mostParts = 500;

/**
 * The content of a manifest or index.
 * @throws EngineError if it is of no known kind, or of two at once, or has too many parts
 */
export function contentOf(manifest: Manifest): Content {
  const { config, layers, manifests } = parse(manifest.body);
  const kind = types.indexOf(manifest.mediaType);
  if (kind === -1) {
    throw failed(`a manifest of the type ${plainLine(manifest.mediaType, 100) || '(none)'}, which cannot be copied`);
  }
  const isIndex = kind < 2;
  // Another client could read it as the other kind (CVE-2021-41190).
  if (isIndex ? config || layers || !Array.isArray(manifests) : manifests || !Array.isArray(layers)) {
    throw failed('a manifest that does not have the fields of its type');
  }
  const parts: unknown[] = [manifests, layers].flatMap((list) => (Array.isArray(list) ? list : []));
  if (parts.length > mostParts) throw failed(`a manifest with ${parts.length} parts`);
  if (isIndex) return { manifests: parts.map((part) => checked(valueIn(part, 'digest'))), blobs: [] };
  return { manifests: [], blobs: [config, ...parts.filter((part) => !isForeign(part))].map(descriptorOf) };
}

function descriptorOf(part: unknown): Descriptor {
  const size = valueIn(part, 'size');
  if (!Number.isSafeInteger(size) || Number(size) < 0) throw failed('a manifest with a size that is none');
  return { digest: checked(valueIn(part, 'digest')), size: Number(size) };
}

/**
 * Layers that may not be distributed, or that are at an address of their own (OCI image specification,
 * "Non-Distributable Layers"). Registries take a manifest without them.
 */
function isForeign(layer: unknown): boolean {
  const urls = valueIn(layer, 'urls');
  if (Array.isArray(urls) && urls.length > 0) return true;
  return /\.(?:nondistributable|foreign)\./.test(String(valueIn(layer, 'mediaType')));
}

/** BuildKit's attestations: https://docs.docker.com/build/metadata/attestations/attestation-storage/ */
function isAttestation(entry: unknown): boolean {
  if (valueIn(valueIn(entry, 'platform'), 'os') === 'unknown') return true;
  return Boolean(valueIn(valueIn(entry, 'annotations'), 'vnd.docker.reference.type'));
}

function valueIn(document: unknown, name: string): unknown {
  return isObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
}

/** The labels in the configuration of an image that are text. */
export function labelsIn(configuration: Buffer): Record<string, string> {
  return textsIn(valueIn(parse(configuration).config, 'Labels'));
}

/**
 * When an image was built according to its configuration, in milliseconds since 1970; `undefined` if it does not say (OCI
 * image specification, "Image Configuration": `created` is optional).
 */
export function createdIn(configuration: Buffer): number | undefined {
  const created = valueIn(parse(configuration), 'created');
  const time = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * The digests of other manifests that a manifest or index names: those of an index, and the subject of an artifact. None
 * for content that is not a manifest.
 */
export function referencesIn({ body }: Pick<Manifest, 'body'>): string[] {
  const document = parseOr(body, {});
  const listed = valueIn(document, 'manifests');
  const entries: unknown[] = [...(Array.isArray(listed) ? listed : []), valueIn(document, 'subject')];
  return entries.map((entry) => valueIn(entry, 'digest')).filter(isDigest);
}

function parseOr(body: Buffer, otherwise: ManifestDocument): ManifestDocument {
  try {
    return parse(body);
  } catch {
    return otherwise;
  }
}

function textsIn(values: unknown): Record<string, string> {
  const entries = isObject(values) ? Object.entries(values) : [];
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

/** A platform, as an index has it (OCI image specification, "Image Index Property Descriptions"). */
export interface ImagePlatform {
  architecture: string;
  os: string;
  variant?: string;
}

/**
 * The platform in the configuration of an image.
 * @throws EngineError if it has none
 */
export function platformIn(configuration: Buffer): ImagePlatform {
  return readPlatform(parse(configuration)) ?? fail('a configuration without a platform');
}

function readPlatform(document: unknown): ImagePlatform | undefined {
  const [architecture, os, variant] = ['architecture', 'os', 'variant'].map((name) => valueIn(document, name));
  if (typeof architecture !== 'string' || typeof os !== 'string') return undefined;
  return { architecture, os, ...(typeof variant === 'string' && variant !== '' && { variant }) };
}

/** `linux/arm64` */
export function platformName({ os, architecture, variant }: ImagePlatform): string {
  return normalizePlatform([os, architecture, ...(variant ? [variant] : [])].join('/'));
}

/** An entry of an index. */
export interface IndexEntry extends Descriptor {
  mediaType: string;
  annotations?: Readonly<Record<string, string>>;
  /** Absent if the index does not say it. */
  platform?: ImagePlatform;
  /** Whether it is of an attestation, not of an image. */
  isAttestation: boolean;
}

/**
 * The entries of an index, attestations included.
 * @throws EngineError if it is not an index, or has too many entries
 */
export function entriesOf(index: Manifest): IndexEntry[] {
  const { manifests } = parse(index.body);
  if (!Array.isArray(manifests)) throw notManifest();
  if (manifests.length > mostParts) throw failed(`an index of ${manifests.length} entries`);
  return manifests.map((entry: unknown) => {
    const platform = readPlatform(valueIn(entry, 'platform'));
    const annotations = textsIn(valueIn(entry, 'annotations'));
    return {
      mediaType: String(valueIn(entry, 'mediaType')),
      ...descriptorOf(entry),
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(platform && { platform }),
      isAttestation: isAttestation(entry),
    };
  });
}

/** An index of these entries; the same entries give the same bytes. */
export function indexOf(entries: readonly IndexEntry[]): Manifest {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = entries.map(({ mediaType: type, digest, size, annotations, platform }) => ({
    mediaType: type,
    digest,
    size,
    ...(annotations && { annotations: Object.fromEntries(Object.entries(annotations).toSorted()) }),
    ...(platform && { platform }),
  }));
  const body = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return { digest: digestOf(body), mediaType, body };
}

/** Whether a text is a digest; nothing else may become part of a URL or a record. */
export function isDigest(text: unknown): text is string {
  return typeof text === 'string' && /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/.test(text);
}

function checked(digest: unknown): string {
  if (isDigest(digest)) return digest;
  throw failed('a manifest with a digest that is none');
}

/** `sha256:...` of some bytes. */
export function digestOf(body: Buffer, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(body).digest('hex')}`;
}

function parse(body: Buffer): ManifestDocument {
  try {
    const document: unknown = JSON.parse(body.toString('utf8'));
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
  } catch (error) {
    throw notManifest(error);
  }
  throw notManifest();
}

function notManifest(cause?: unknown): EngineError {
  return failed('something that is not a manifest', cause);
}

function fail(what: string): never {
  throw failed(what);
}

function failed(what: string, cause?: unknown): EngineError {
  return new BadContent('registry-failed', `the registry has ${what}`, { cause });
}
