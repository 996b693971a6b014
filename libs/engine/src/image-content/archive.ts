import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { EngineError } from '../errors.ts';
import { isObject } from '../unknown.ts';

/** One image of an archive: that of one platform. */
export interface ArchivedImage {
  /** `linux/arm64`; empty if nothing says so. */
  platform: string;
  /** Digest of its manifest; absent in archives without one. */
  manifest?: string;
  /** Digest of its configuration. */
  config: string;
  /** Its configuration, as parsed. */
  configuration: Readonly<Record<string, unknown>>;
  /** Names of the archive's entries with its layers, lowest first. */
  layers: string[];
}

export interface ImageArchive {
  path: string;
  /** Digest of the manifest, or of the index of several platforms; absent in archives without one. */
  digest?: string;
  images: ArchivedImage[];
  /** Where the content of each entry is. */
  places: ReadonlyMap<string, Place>;
}

interface Place {
  offset: number;
  size: number;
}

/** Bytes of one document: registries accept manifests up to 4 MiB, and configurations are about as large. */
const LARGEST_DOCUMENT = 8 * 2 ** 20;
/** Bytes of all documents. */
const MOST_DOCUMENTS = 64 * 2 ** 20;
/** Docker stops at 127 layers. */
const MOST_LAYERS = 500;
const MOST_IMAGES = 64;
/** Bytes of the header before the content of an entry: POSIX.1-1988, "ustar". */
const HEADER = 512;
/** Of one archive. */
const MOST_ENTRIES = 100_000;

type Documents = ReadonlyMap<string, Buffer>;

/**
 * The images in an archive: an OCI layout, or what `docker save` and `podman save` write.
 * @throws EngineError `command-failed` if it is neither, or has more than a person would build
 */
export async function readArchive(path: string): Promise<ImageArchive> {
  const { documents, places } = await readEntries(path);
  const index = documents.get('index.json');
  if (index) return { path, places, ...readLayout(parse(index), documents) };
  const list = documents.get('manifest.json');
  if (list) return { path, places, images: listIn(parse(list)).map((entry) => savedImage(entry, documents)) };
  throw unreadable('it has neither index.json nor manifest.json');
}

/**
 * Opens a layer of an image.
 * @throws EngineError `command-failed` if it is missing
 */
export function openLayer({ path, places }: ImageArchive, name: string): Readable {
  const place = places.get(name);
  if (!place) throw unreadable(`${name} is missing`);
  return createReadStream(path, { start: place.offset, end: place.offset + place.size - 1 });
}

/** The places of all entries, and the content of the documents, which are small and may come in any order. */
async function readEntries(path: string): Promise<{ documents: Documents; places: Map<string, Place> }> {
  const documents = new Map<string, Buffer>();
  const places = new Map<string, Place>();
  let total = 0;
  const archive = createReadStream(path);
  const entries = extract();
  archive.on('error', (error) => entries.destroy(error));
  archive.pipe(entries);
  for await (const entry of entries) {
    const { size, type } = entry.header;
    const name = nameOf(entry);
    if (type === 'file' && size > 0) places.set(name, { offset: entry.offset + HEADER, size });
    if (places.size > MOST_ENTRIES) throw unreadable(`it has more than ${MOST_ENTRIES} files`);
    if (type !== 'file' || size > LARGEST_DOCUMENT || total + size > MOST_DOCUMENTS) {
      entry.resume();
      continue;
    }
    const content = await contentOf(entry);
    if (!/^\s*[[{]/.test(content.subarray(0, 100).toString('latin1'))) continue;
    documents.set(name, content);
    total += size;
  }
  return { documents, places };
}

async function contentOf(entry: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function nameOf({ header }: { header: Pick<Header, 'name'> }): string {
  return header.name.replace(/^\.\//, '');
}

function readLayout(index: unknown, documents: Documents): Pick<ImageArchive, 'digest' | 'images'> {
  const [root, ...others] = listIn(valueIn(index, 'manifests'));
  if (root === undefined || others.length > 0) throw unreadable('it does not have exactly one image');
  const digest = textIn(root, 'digest');
  const manifests = manifestsBelow(root, documents, 0).slice(0, MOST_IMAGES);
  return { digest, images: manifests.map((found) => imageOf(found, documents)) };
}

/** Descriptors of the manifests of an index, without attestations and without those that the archive does not have. */
function manifestsBelow(descriptor: unknown, documents: Documents, depth: number): unknown[] {
  const document = documents.get(blobName(textIn(descriptor, 'digest')));
  if (!document) return [];
  const children = valueIn(parse(document), 'manifests');
  if (!Array.isArray(children)) return [descriptor];
  if (depth > 3) throw unreadable('its index has too many levels');
  return children
    .filter((child) => valueIn(valueIn(child, 'annotations'), 'vnd.docker.reference.type') === undefined)
    .flatMap((child) => manifestsBelow(child, documents, depth + 1));
}

function imageOf(descriptor: unknown, documents: Documents): ArchivedImage {
  const digest = textIn(descriptor, 'digest');
  const manifest = parse(documents.get(blobName(digest)));
  const config = textIn(valueIn(manifest, 'config'), 'digest');
  const layers = listIn(valueIn(manifest, 'layers')).map((layer) => blobName(textIn(layer, 'digest')));
  return { manifest: digest, ...describe(documents.get(blobName(config)), layers) };
}

function savedImage(entry: unknown, documents: Documents): ArchivedImage {
  const layers = listIn(valueIn(entry, 'Layers')).map(String);
  return describe(documents.get(textIn(entry, 'Config')), layers);
}

function describe(content: Buffer | undefined, layers: string[]): Omit<ArchivedImage, 'manifest'> {
  if (layers.length > MOST_LAYERS) throw unreadable(`it has ${layers.length} layers`);
  const configuration = parse(content);
  const { os, architecture, variant } = configuration;
  const platform = [os, architecture, variant].filter((part) => typeof part === 'string' && part !== '').join('/');
  return {
    platform,
    config: `sha256:${createHash('sha256')
      .update(content ?? '')
      .digest('hex')}`,
    configuration,
    layers,
  };
}

function blobName(digest: string): string {
  const [algorithm = '', hex = ''] = digest.split(':');
  return `blobs/${algorithm}/${hex}`;
}

function parse(content: Buffer | undefined): Readonly<Record<string, unknown>> {
  if (!content) throw unreadable('a document is missing, or is too large');
  try {
    const document: unknown = JSON.parse(content.toString('utf8'));
    if (isObject(document)) return document;
  } catch (error) {
    throw unreadable('a document is not JSON', error);
  }
  throw unreadable('a document is not what it should be');
}

function listIn(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function valueIn(document: unknown, name: string): unknown {
  return isObject(document) && Object.hasOwn(document, name) ? document[name] : undefined;
}

function textIn(document: unknown, name: string): string {
  const value = valueIn(document, name);
  return typeof value === 'string' ? value : '';
}

function unreadable(why: string, cause?: unknown): EngineError {
  return new EngineError('command-failed', `the archive of an image cannot be read: ${why}`, { cause });
}
