/** What the first entry of a tar archive says about itself. */
export interface TarEntry {
  kind: 'block' | 'character' | 'fifo' | 'file' | 'folder' | 'link';
  /** Permissions with the special bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Bytes. */
  size: number;
  /** Where a link leads to. */
  target: string;
  /** Where its content begins in the archive. */
  start: number;
}

const BLOCK = 512;

const kinds: Record<string, TarEntry['kind']> = {
  '': 'file',
  '0': 'file',
  '1': 'file',
  '2': 'link',
  '3': 'character',
  '4': 'block',
  '5': 'folder',
  '6': 'fifo',
  '7': 'file',
};

/**
 * The first file, folder or link of an archive (POSIX.1-2017, pax, "ustar Interchange Format", and GNU's long links);
 * `undefined` if there is none, or if these bytes do not reach that far.
 */
export function firstEntry(archive: Buffer): TarEntry | undefined {
  return entryAt(archive, 0);
}

/** An entry with its name, and with the bytes that its content takes in the archive. */
interface NamedEntry extends TarEntry {
  name: string;
  stored: number;
}

/** The entry that begins at an offset, with the headers that belong to it. */
export function entryAt(archive: Buffer, from: number): NamedEntry | undefined {
  let extended: ReadonlyMap<string, string> = new Map();
  let longTarget: string | undefined;
  let longName: string | undefined;
  for (let offset = from; offset + BLOCK <= archive.length;) {
    const header = archive.subarray(offset, offset + BLOCK);
    if (header.every((byte) => byte === 0)) return undefined;
    const type = textAt(header, 156, 1);
    const size = numberAt(header, 124, 12);
    const start = offset + BLOCK;
    const content = archive.subarray(start, start + size);
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    if (Object.hasOwn(kinds, type)) {
      const entry = entryOf(header, start, extended, longTarget);
      const isStored = entry.kind === 'file' && type !== '1';
      return { ...entry, name: longName ?? extended.get('path') ?? nameIn(header), stored: isStored ? entry.size : 0 };
    }
    if (content.length < size) return undefined;
    if (type === 'x') extended = readExtended(content);
    else if (type === 'K') longTarget = textAt(content, 0, content.length);
    else if (type === 'L') longName = textAt(content, 0, content.length);
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

function entryOf(
  header: Buffer,
  start: number,
  extended: ReadonlyMap<string, string>,
  longTarget: string | undefined,
): TarEntry {
  const number = (key: string, otherwise: number): number => Number(extended.get(key) ?? otherwise);
  return {
    kind: kinds[textAt(header, 156, 1)] ?? 'file',
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: number('uid', numberAt(header, 108, 8)),
    gid: number('gid', numberAt(header, 116, 8)),
    size: number('size', numberAt(header, 124, 12)),
    target: extended.get('linkpath') ?? longTarget ?? textAt(header, 157, 100),
    start,
  };
}

function nameIn(header: Buffer): string {
  const prefix = textAt(header, 345, 155);
  const isUstar = textAt(header, 257, 5) === 'ustar' && header[262] === 0;
  return isUstar && prefix !== '' ? `${prefix}/${textAt(header, 0, 100)}` : textAt(header, 0, 100);
}

/** Octal, or with the first bit set, as GNU does for large values, binary. */
function numberAt(header: Buffer, offset: number, length: number): number {
  if (((header[offset] ?? 0) & 0x80) === 0) return Number.parseInt(textAt(header, offset, length).trim() || '0', 8);
  return header.readUIntBE(offset + length - 6, 6);
}

function textAt(bytes: Buffer, offset: number, length: number): string {
  const field = bytes.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

/** Records `LENGTH KEY=VALUE\n`. */
function readExtended(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let offset = 0; offset < content.length;) {
    const space = content.indexOf(0x20, offset);
    const length = space < 0 ? 0 : Number(content.toString('latin1', offset, space));
    if (!Number.isSafeInteger(length) || length <= space - offset + 1) break;
    const record = content.toString('utf8', space + 1, offset + length - 1);
    const sign = record.indexOf('=');
    records.set(record.slice(0, sign), record.slice(sign + 1));
    offset += length;
  }
  return records;
}
