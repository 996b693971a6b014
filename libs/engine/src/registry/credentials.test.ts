import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCredentials } from './credentials.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'credentials-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function configure(config: unknown, file = 'config.json'): NodeJS.ProcessEnv {
  writeFileSync(join(dir, file), JSON.stringify(config));
  return { DOCKER_CONFIG: dir, PATH: `${dir}:${process.env['PATH']}` };
}

function helper(name: string, script: string): void {
  writeFileSync(join(dir, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, `docker-credential-${name}`), 0o755);
}

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

describe('findCredentials', () => {
  it.each([
    ['r.example.com', 'r.example.com'],
    ['https://r.example.com', 'r.example.com'],
    ['https://index.docker.io/v1/', 'docker.io'],
  ])('finds the login under %s for %s', async (key, registry) => {
    const environment = configure({ auths: { [key]: auth('me:a:b') } });
    expect(await findCredentials(registry, environment)).toEqual({ user: 'me', password: 'a:b' });
  });

  it('asks the helper of the registry', async () => {
    helper('mine', 'read server; printf \'{"Username":"%s","Secret":"s"}\' "$server"');
    const environment = configure({ credHelpers: { 'r.example.com': 'mine' }, auths: { 'r.example.com': {} } });
    expect(await findCredentials('r.example.com', environment)).toEqual({ user: 'r.example.com', password: 's' });
  });

  it('finds nothing if the helper fails', async () => {
    helper('mine', 'echo "credentials not found in native keychain"; exit 1');
    expect(await findCredentials('r.example.com', configure({ credsStore: 'mine' }))).toBeUndefined();
  });

  it('finds an identity token, from a helper and in the file', async () => {
    helper('mine', 'echo \'{"Username":"<token>","Secret":"s"}\'');
    expect(await findCredentials('r.example.com', configure({ credsStore: 'mine' }))).toEqual({ identityToken: 's' });
    const environment = configure({ auths: { 'r.example.com': { ...auth('me:'), identitytoken: 't' } } });
    expect(await findCredentials('r.example.com', environment)).toEqual({ identityToken: 't' });
  });

  it('finds nothing without a configuration', async () => {
    expect(await findCredentials('r.example.com', { DOCKER_CONFIG: join(dir, 'missing') })).toBeUndefined();
  });

  it('reads the logins of podman', async () => {
    configure({ auths: { 'r.example.com': auth('me:p') } }, 'auth.json');
    const environment = { DOCKER_CONFIG: join(dir, 'missing'), REGISTRY_AUTH_FILE: join(dir, 'auth.json') };
    expect(await findCredentials('r.example.com', environment)).toEqual({ user: 'me', password: 'p' });
  });
});
