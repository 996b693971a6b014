import { healthyManifest, manifestWith, runtimeTemplate, type HostileCase } from '../hostile-case.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const utf16BigEndian = (text: string): Buffer => utf16(text).swap16();
const manifest = (content: Buffer | string): Record<string, Buffer | string> => ({ 'manifest.yml': content });
const notText = { code: 'not-utf8' };

/** Texts in unexpected encodings. */
export const encodingCases: HostileCase[] = [
  { what: 'a byte order mark', files: manifest(`\uFEFF${healthyManifest}`), ends: 'success' },
  { what: 'CRLF', files: manifest(healthyManifest.replaceAll('\n', '\r\n')), ends: 'success' },
  { what: 'CR alone', files: manifest(healthyManifest.replaceAll('\n', '\r')), ends: { code: 'yaml-syntax' } },
  { what: 'UTF-16 with a byte order mark', files: manifest(utf16(`\uFEFF${healthyManifest}`)), ends: notText },
  { what: 'UTF-16 without one', files: manifest(utf16(healthyManifest)), ends: notText },
  {
    what: 'big-endian UTF-16 with a byte order mark',
    files: manifest(utf16BigEndian(`\uFEFF${healthyManifest}`)),
    ends: notText,
  },
  { what: 'big-endian UTF-16 without one', files: manifest(utf16BigEndian(healthyManifest)), ends: notText },
  {
    what: 'a byte that is not UTF-8',
    files: manifest(Buffer.concat([Buffer.from(healthyManifest), Buffer.from([0x23, 0xff, 0x0a])])),
    ends: notText,
  },
  {
    what: 'a text in Latin-1',
    files: manifest(Buffer.from(`# Für alle\n${healthyManifest}`, 'latin1')),
    ends: notText,
  },
  {
    what: 'overlong UTF-8',
    files: manifest(Buffer.concat([Buffer.from(healthyManifest), Buffer.from([0x23, 0xc0, 0xae])])),
    ends: notText,
  },
  {
    what: 'half of a surrogate pair',
    files: manifest(Buffer.concat([Buffer.from(healthyManifest), Buffer.from([0x23, 0xed, 0xa0, 0x80])])),
    ends: notText,
  },
  { what: 'a NUL', files: manifest(`${healthyManifest}\0`), ends: { code: 'yaml-syntax' } },
  { what: 'a control character', files: manifest(`${healthyManifest}# \u001b[2J\n`), ends: { code: 'yaml-syntax' } },
  {
    what: 'a NUL by an escape in a folder',
    files: manifestWith('templates_dir: templates', 'templates_dir: "templates\\0"'),
    ends: { code: 'missing-template' },
  },
  {
    what: 'a line break by an escape in a folder',
    files: manifestWith('templates_dir: templates', 'templates_dir: "templ\\nates"'),
    ends: { code: 'missing-template' },
  },
  {
    what: 'a line break in a base image',
    files: manifestWith('debian:bookworm-slim', '"debian\\nRUN evil"'),
    ends: { code: 'bad-reference' },
  },
  {
    what: 'a terminal escape by an escape in a name',
    files: manifestWith('app:', '"a\\e[2Jpp":'),
    ends: { code: 'bad-reference' },
  },
  {
    what: 'random bytes',
    files: manifest(
      Buffer.concat([
        Buffer.from(healthyManifest),
        Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7919) % 256)),
      ]),
    ),
    ends: notText,
  },
  {
    what: 'a template in UTF-16',
    files: { 'templates/runtime.Dockerfile.liquid': utf16('\uFEFFFROM {{ from }}\n') },
    ends: { code: 'template-error' },
  },
  { what: 'a template with a NUL', files: runtimeTemplate('FROM {{ from }}\nRUN echo \0\n'), ends: 'success' },
  {
    what: 'a template with a byte order mark and CRLF',
    files: runtimeTemplate('\uFEFFFROM {{ from }}\r\nRUN true\r\n'),
    ends: 'success',
  },
];
