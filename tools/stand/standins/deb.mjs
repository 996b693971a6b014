// A Debian package made from a list of small files: an `ar` archive of two tarballs (deb(5), tar's ustar format).
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

const padded = (buffer, size) => Buffer.concat([buffer, Buffer.alloc((size - (buffer.length % size)) % size)]);
const octal = (number, width) => `${number.toString(8).padStart(width - 1, '0')}\0`;

function tarEntry({ path, content = '', isFolder = false }) {
  const body = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0);
  header.write(octal(isFolder ? 0o755 : 0o644, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(body.length, 12), 124);
  header.write(octal(0, 12), 136);
  header.write('        ', 148);
  header.write(isFolder ? '5' : '0', 156);
  header.write('ustar\x0000root', 257);
  header.write('root', 297);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  header.write(`${checksum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, padded(body, BLOCK)]);
}

function foldersOf(path) {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join('/')}/`);
}

function tarball(files) {
  const folders = [...new Set(files.flatMap(({ path }) => foldersOf(path)))].sort();
  const entries = [...folders.map((path) => ({ path, isFolder: true })), ...files];
  return gzipSync(Buffer.concat([...entries.map(tarEntry), Buffer.alloc(2 * BLOCK)]));
}

function arEntry(name, content) {
  const header = [
    name.padEnd(16),
    '0'.padEnd(12),
    '0'.padEnd(6),
    '0'.padEnd(6),
    '100644'.padEnd(8),
    String(content.length).padEnd(10),
    '`\n',
  ];
  return Buffer.concat([Buffer.from(header.join('')), padded(content, 2)]);
}

/** The text of the control file: `fields` in their order. */
export const paragraph = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');

/** A .deb with `fields` in its control file that installs `files` (`{path: './usr/...', content}`). */
export function deb(fields, files) {
  return Buffer.concat([
    Buffer.from('!<arch>\n'),
    arEntry('debian-binary', Buffer.from('2.0\n')),
    arEntry('control.tar.gz', tarball([{ path: './control', content: paragraph(fields) }])),
    arEntry('data.tar.gz', tarball(files)),
  ]);
}
