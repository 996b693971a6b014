// A zip archive without compression (APPNOTE.TXT 4.3): enough for a wheel.

const table = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// 1980-01-01, the earliest possible date: the same files give the same archive.
const DATE = 0x0021;

function common(name, body) {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc32(body), 10);
  fields.writeUInt32LE(body.length, 14);
  fields.writeUInt32LE(body.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function directoryEntry(name, body, offset) {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((0o100644 << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common(name, body), rest, name]);
}

/** The archive of `files`, a list of `{path, content}`. */
export function zip(files) {
  const locals = [];
  const directory = [];
  let offset = 0;
  for (const { path, content } of files) {
    const name = Buffer.from(path);
    const body = Buffer.from(content);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common(name, body), name, body]);
    locals.push(local);
    directory.push(directoryEntry(name, body, offset));
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, entries, end]);
}
