import { diagnose, minimal } from '../test/minimal.ts';
import { parseManifest } from './index.ts';

const signed = (sign: string): string =>
  `repository: { hub: { registry: { app: acme/app }${sign === '' ? '' : `, sign: ${sign}`} } }\n${minimal}`;

function signingOf(sign: string) {
  const { manifest, diagnostics } = parseManifest(signed(sign), 'manifest.yml');
  expect(diagnostics).toEqual([]);
  return manifest?.repositories[0]?.sign;
}

describe('sign', () => {
  it.each(['', '~', '{ x-note: 1, key: K }'])('may be %j', (sign) => {
    expect(signingOf(sign)).toEqual(sign.includes('key') ? { key: 'K', transparencyLog: true } : undefined);
  });

  it.each([
    ['{ key: COSIGN_KEY }', { key: 'COSIGN_KEY', transparencyLog: true }],
    ['{ key: COSIGN_KEY, keyless: false, transparency_log: ~ }', { key: 'COSIGN_KEY', transparencyLog: true }],
    ['{ key: COSIGN_KEY, transparency_log: false }', { key: 'COSIGN_KEY', transparencyLog: false }],
    ['{ keyless: true, key: }', { transparencyLog: true }],
  ])('%s is read', (sign, wanted) => {
    expect(signingOf(sign)).toEqual(wanted);
  });

  it.each([
    ['{}', 'bad-sign', 'neither a `key` nor'],
    ['{ keyless: false }', 'bad-sign', 'neither a `key` nor'],
    ['{ key: "" }', 'bad-credential-name', 'must be the name of an environment variable'],
    ['{ key: K, keyless: true }', 'bad-sign', 'both `key` and `keyless`'],
    ['{ keyless: true, transparency_log: false }', 'bad-sign', 'needs the transparency log'],
    ['{ key: "-----BEGIN PRIVATE KEY-----" }', 'bad-credential-name', 'must be the name of an environment variable'],
    ['{ key: cosign.key }', 'bad-credential-name', 'must be the name of an environment variable'],
    ['{ key: K, keyless: "yes" }', 'wrong-type', 'keyless'],
    ['{ key: K, tlog: false }', 'unknown-key', 'tlog'],
    ['COSIGN_KEY', 'wrong-type', 'sign'],
  ])('%s is an error', (sign, code, message) => {
    const [first] = diagnose(signed(sign));
    expect(first).toMatchObject({ code, line: 1, message: expect.stringContaining(message) });
  });

  it('does not show a key that somebody wrote in the place of the name of its variable', () => {
    const [first] = diagnose(signed('{ key: "-----BEGIN PRIVATE KEY-----" }'));
    expect(first).toMatchObject({ conceal: true });
  });
});
