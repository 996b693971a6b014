import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPlaceOfKey, readSigningKey } from './signing-key.ts';

const pem = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCJ9fQ==
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----`;

describe('the value of the variable of a key', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'signing-key-'));
    mkdirSync(join(root, 'keys'));
    writeFileSync(join(root, 'keys/cosign.key'), `${pem}\n`);
    writeFileSync(join(root, 'keys/id_rsa'), pem.replaceAll('ENCRYPTED SIGSTORE', 'OPENSSH'));
    symlinkSync('keys/cosign.key', join(root, 'link'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const read = (value: string | undefined) => readSigningKey(root, 'COSIGN_KEY', { COSIGN_KEY: value });

  it.each<[string, () => string]>([
    ['the key', () => pem],
    ['the key with space around it', () => `\n${pem}\n`],
    ['a path relative to the workspace', () => 'keys/cosign.key'],
    ['an absolute path', () => join(root, 'keys/cosign.key')],
    ['a path with a newline', () => 'keys/cosign.key\n'],
    ['a link', () => 'link'],
  ])('may be %s', (_, value) => {
    expect(read(value())).toEqual({ in: 'text', pem });
    expect(isPlaceOfKey(root, value())).toBe(!value().includes('-----'));
  });

  it('may be a URI', () => {
    expect(read('hashivault://release')).toEqual({ in: 'service', uri: 'hashivault://release' });
    expect(isPlaceOfKey(root, 'hashivault://release')).toBe(true);
  });

  it.each<[string, string | undefined, RegExp]>([
    ['nothing', undefined, /is not set/],
    ['empty', ' \n', /is not set/],
    ['a credential of something else', 'AKIA/secret+access-key', /is not a key for signatures/],
    ['a URI that cosign would fetch', 'https://example.com/key', /is not a key for signatures/],
    ['the name of another variable', 'env://AWS_SECRET_ACCESS_KEY', /is not a key for signatures/],
    ['a folder', 'keys', /is not a key for signatures/],
    ['a missing file', 'keys/missing', /is not a key for signatures/],
    ['another key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n', /is not a key for signatures/],
    ['a file with another key', 'keys/id_rsa', /the file of COSIGN_KEY is not a private key/],
    ['a file without end', '/dev/zero', /is not a key for signatures/],
    ['very long', 'x'.repeat(100_000), /is not a key for signatures/],
  ])('may not be %s, and is not shown', (_, value, message) => {
    let error: unknown;
    try {
      read(value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'bad-key', message: expect.stringMatching(message) });
    const { message: text, hint } = error as { message: string; hint: string };
    expect(`${text} ${hint}`).not.toContain(value?.trim() || pem);
  });

  it('is of no object', () => {
    expect(() => readSigningKey(root, 'constructor', {})).toThrow('is not set');
  });
});
