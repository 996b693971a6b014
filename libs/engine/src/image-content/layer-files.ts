import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { isObject } from '../unknown.ts';
import { EngineError } from '../errors.ts';

/** A file of a layer, as far as a comparison needs it. Times are in seconds. */
export interface LayerFile {
  type: string;
  mode: number;
  owner: string;
  mtime: number;
  size: number;
  /** Target of a link, number of a device. */
  target: string;
  /** Of its content. */
  digest: string;
  /** Extended attributes and whatever else its header has. */
  attributes: string;
}

/** An entry of a layer: its header, and its content in pieces. */
type Entry = AsyncIterable<unknown> & { header: Header };

/** More files than a base image with everything has. */
const MOST_FILES = 500_000;
/** Characters of all names and attributes. */
const MOST_TEXT = 200_000_000;

/**
 * The files of a layer by name, in the order of the layer. Reads content in pieces and keeps only its digest.
 * @throws EngineError `unsupported` for a layer with too many files, or a compression that Node does not have
 */
export async function readLayer(layer: Readable): Promise<Map<string, LayerFile>> {
  const files = new Map<string, LayerFile>();
  let text = 0;
  for await (const entry of await unpacked(layer)) {
    const file = await fileOf(entry);
    text += entry.header.name.length + file.attributes.length + file.target.length;
    if (files.size >= MOST_FILES || text > MOST_TEXT) {
      throw new EngineError('unsupported', `a layer has more than ${MOST_FILES.toLocaleString('en')} files`);
    }
    files.set(entry.header.name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '') || '/', file);
  }
  return files;
}

/** The entries of a layer, which may be compressed. */
async function unpacked(layer: Readable): Promise<AsyncIterable<Entry>> {
  const { start, whole } = await peek(layer);
  const entries = extract();
  const done = (error?: Error | null): void => {
    if (error) entries.destroy(error);
  };
  if (start.subarray(0, 4).equals(ZSTD)) {
    layer.destroy();
    throw new EngineError('unsupported', 'a layer is compressed with zstd');
  }
  if (start.subarray(0, 2).equals(GZIP)) pipeline(whole, createGunzip(), entries, done);
  else pipeline(whole, entries, done);
  return entries;
}

const ZSTD = Buffer.from('28b52ffd', 'hex');
const GZIP = Buffer.from('1f8b', 'hex');

/** The first bytes of a stream, and a stream that has them too. */
async function peek(stream: Readable): Promise<{ start: Buffer; whole: Readable }> {
  const chunks: AsyncIterator<Buffer> = stream[Symbol.asyncIterator]();
  const { value, done } = await chunks.next();
  const start = done ? Buffer.alloc(0) : value;
  async function* all(): AsyncGenerator<Buffer> {
    yield start;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { start, whole: Readable.from(all(), { objectMode: false }) };
}

async function fileOf(entry: Entry): Promise<LayerFile> {
  const { header } = entry;
  const hash = createHash('sha256');
  for await (const chunk of entry) if (Buffer.isBuffer(chunk)) hash.update(chunk);
  const { type, linkname, mode, uid, gid, size, mtime } = header;
  const pax = paxOf(header);
  const device = type.endsWith('-device') ? `${header.devmajor}:${header.devminor}` : '';
  return {
    type,
    mode,
    owner: `${uid}:${gid}`,
    mtime: preciseTime(pax['mtime']) ?? mtime.getTime() / 1_000,
    size,
    target: linkname || device,
    digest: hash.digest('hex'),
    attributes: attributesIn(pax),
  };
}

/** The extended header of an entry. */
function paxOf({ pax }: Header): Readonly<Record<string, unknown>> {
  return isObject(pax) ? pax : {};
}

/** A time with fractions of a second. */
function preciseTime(text: unknown): number | undefined {
  return typeof text === 'string' && /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}

const known = new Set(['path', 'linkpath', 'size', 'mtime', 'uid', 'gid', 'atime', 'ctime']);

function attributesIn(pax: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(pax).filter(([name]) => !known.has(name));
  return rows.length === 0 ? '' : JSON.stringify(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
