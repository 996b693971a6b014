import { cosignEnvironment } from './environment.ts';
import { isKeyUri, isPrivateKey, type SigningKey } from './key.ts';
import { outputOf } from './output.ts';
import { signArguments } from './sign-image.ts';
import { hasIdentityToken } from './token.ts';
import { verifyArguments } from './verify.ts';

const reference = `docker.io/acme/app@sha256:${'0'.repeat(64)}`;
const pem = `-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----
eyJrZGYiOnsibmFtZSI6InNjcnlwdCJ9fQ==
-----END ENCRYPTED SIGSTORE PRIVATE KEY-----`;
const text: SigningKey = { in: 'text', pem };
const service: SigningKey = { in: 'service', uri: 'awskms:///alias/release' };
const token: SigningKey = { in: 'token' };

describe('the arguments of cosign', () => {
  const sign = (request: Partial<Parameters<typeof signArguments>[1]>, hasSigningConfig = false): string =>
    signArguments({ hasSigningConfig }, { reference, key: text, transparencyLog: true, plainHttp: false, ...request })
      .slice(0, -1)
      .join(' ');

  it.each<[string, string, string]>([
    ['a private key', sign({}), 'sign --yes --key env://NX_IMAGE_MATRIX_PRIVATE_KEY'],
    ['a key in a service', sign({ key: service }), 'sign --yes --key awskms:///alias/release'],
    ['a token', sign({ key: token }), 'sign --yes'],
    ['plain HTTP', sign({ key: token, plainHttp: true }), 'sign --yes --allow-http-registry=true'],
    ['no log', sign({ key: token, transparencyLog: false }), 'sign --yes --tlog-upload=false'],
    [
      'no log, of a cosign with a signing configuration',
      sign({ key: token, transparencyLog: false }, true),
      'sign --yes --tlog-upload=false --use-signing-config=false',
    ],
  ])('for signing with %s', (_, found, wanted) => {
    expect(found).toBe(wanted);
  });

  it('for a verification have the public key in the environment, or take any identity', () => {
    const request = { reference, transparencyLog: false, plainHttp: true };
    expect(verifyArguments({ ...request, publicKey: 'x' })).toEqual([
      'verify',
      '--key',
      'env://NX_IMAGE_MATRIX_PUBLIC_KEY',
      '--insecure-ignore-tlog=true',
      '--allow-http-registry=true',
      reference,
    ]);
    expect(verifyArguments({ reference, transparencyLog: true, plainHttp: false })).toEqual([
      'verify',
      '--certificate-identity-regexp=.*',
      '--certificate-oidc-issuer-regexp=.*',
      reference,
    ]);
  });
});

describe('the environment of cosign', () => {
  const own = {
    PATH: '/bin',
    https_proxy: 'http://proxy',
    SSL_CERT_FILE: '/ca',
    COSIGN_PASSWORD: 'password',
    COSIGN_KEY: 'cosign.key',
    COSIGN_REPOSITORY: 'ghcr.io/acme/signatures',
    DOCKER_CONFIG: '/own',
    HUB_PASSWORD: 'hub',
    AWS_SECRET_ACCESS_KEY: 'aws',
    SIGSTORE_ID_TOKEN: 'token',
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token',
    constructor: 'x',
  };
  const common = ['PATH', 'https_proxy', 'SSL_CERT_FILE', 'DOCKER_CONFIG'];
  const names = (needs: Parameters<typeof cosignEnvironment>[1]): string[] =>
    Object.keys(cosignEnvironment(own, { configDir: '/private', ...needs })).toSorted();

  it.each<[string, Parameters<typeof cosignEnvironment>[1], string[]]>([
    ['a private key', { key: text }, ['NX_IMAGE_MATRIX_PRIVATE_KEY', 'COSIGN_PASSWORD']],
    ['a key in a service', { key: service }, ['AWS_SECRET_ACCESS_KEY']],
    ['a token', { key: token }, ['SIGSTORE_ID_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN']],
    ['a verification', { publicKey: 'x' }, ['NX_IMAGE_MATRIX_PUBLIC_KEY']],
  ])('for %s has what that needs, and no other secret', (_, needs, wanted) => {
    expect(names(needs)).toEqual([...common, ...wanted].toSorted());
  });
});

describe('a key', () => {
  it.each([
    'awskms:///alias/x',
    'gcpkms://projects/p/locations/global/keyRings/r/cryptoKeys/k/versions/1',
    'k8s://n/k',
  ])('may be in a service: %s', (uri) => expect(isKeyUri(uri)).toBe(true));

  it.each([
    'https://example.com/key',
    'env://OTHER_SECRET',
    'file:///etc/passwd',
    'awskms://x y',
    ' k8s://n/k',
    'k8s://\n',
  ])('is not in a service: %j', (uri) => expect(isKeyUri(uri)).toBe(false));

  it.each<[string, boolean]>([
    [pem, true],
    [pem.replaceAll('SIGSTORE', 'COSIGN'), true],
    [pem.replaceAll('\n', '\r\n'), true],
    [pem.replaceAll('ENCRYPTED SIGSTORE', 'OPENSSH'), false],
    [pem.replaceAll('ENCRYPTED SIGSTORE ', ''), false],
    [`text\n${pem}`, false],
    ['-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n', false],
  ])('is a text only as cosign writes it: %j', (value, is) => {
    expect(isPrivateKey(value)).toBe(is);
  });
});

it('what cosign says of a failure is shown once, without warnings and terminal sequences', () => {
  const stderr = 'WARNING: x\nError: signing: \u001b[31mno\u001b[0m\nerror during command execution: signing: no\n';
  expect(outputOf({ stdout: '', stderr })).toEqual(['signing: no']);
});

it.each<[string[]]>([
  [['SIGSTORE_ID_TOKEN']],
  [['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL']],
  [['BUILDKITE_AGENT_ACCESS_TOKEN']],
])('an identity token comes with %j', (names) => {
  expect(hasIdentityToken(Object.fromEntries(names.map((name) => [name, 'x'])))).toBe(true);
});
