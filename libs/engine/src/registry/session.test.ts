import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engines } from '../engines.ts';
import { findCredentials } from './credentials.ts';
import { openRegistrySession, sessionFor } from './session.ts';

let home: string;
let environment: NodeJS.ProcessEnv;

/** Replaces `docker login`: records its input, and writes the login as docker does. */
const fakeDocker = `#!/bin/sh
printf '%s\\n' "$@" > "$HOME/arguments"
password=$(cat)
[ "$password" = wrong-1 ] && { echo "Error response from daemon: Get http://x/v2/: unauthorized: $password" >&2; exit 1; }
auth=$(printf '%s' "$3:$password" | base64 -w0)
cp "$DOCKER_CONFIG/config.json" "$HOME/before.json"
[ "$5" = docker.io ] && key=https://index.docker.io/v1/ || key=$5
printf '{"auths":{"%s":{"auth":"%s"}},"credHelpers":{"%s":""}}' "$key" "$auth" "$key" > "$DOCKER_CONFIG/config.json"
`;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'session-'));
  const docker = join(home, 'bin', 'docker');
  mkdirSync(join(home, 'bin'));
  writeFileSync(docker, fakeDocker);
  chmodSync(docker, 0o755);
  mkdirSync(join(home, '.docker', 'cli-plugins'), { recursive: true });
  mkdirSync(join(home, '.docker', 'contexts'));
  writeFileSync(
    join(home, '.docker', 'config.json'),
    JSON.stringify({
      auths: { 'mine.example.com': { auth: Buffer.from('mine:secret').toString('base64') } },
      credsStore: 'desktop',
      credHelpers: { 'gcr.io': 'gcloud' },
      currentContext: 'remote',
    }),
  );
  environment = { HOME: home, PATH: `${join(home, 'bin')}:${process.env['PATH']}` };
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const config = (dir: string): unknown => JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8'));

describe('openRegistrySession', () => {
  it("makes a folder only this user can read, with plugins and contexts but none of the user's logins", async () => {
    const session = await openRegistrySession(environment);
    expect(statSync(session.configDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(session.configDir, 'config.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(session.configDir).toSorted()).toEqual(['cli-plugins', 'config.json', 'contexts']);
    expect(config(session.configDir)).toEqual({ currentContext: 'remote' });
    await session.close();
    await session.close();
    expect(existsSync(session.configDir)).toBe(false);
    expect(existsSync(join(home, '.docker', 'cli-plugins'))).toBe(true);
  });

  it("keeps the user's logins and keychain on request, and its own login apart from them", async () => {
    const before = config(join(home, '.docker'));
    const session = await openRegistrySession(environment, { ownLogins: true });
    await session.login('ghcr.io', 'me', 'pass word');
    // As docker finds it when it logs in.
    expect(JSON.parse(readFileSync(join(home, 'before.json'), 'utf8'))).toEqual({
      ...(before as object),
      credHelpers: { 'gcr.io': 'gcloud', 'ghcr.io': '' },
    });
    expect(await findCredentials('ghcr.io', { DOCKER_CONFIG: session.configDir })).toEqual({
      user: 'me',
      password: 'pass word',
    });
    expect(config(join(home, '.docker'))).toEqual(before);
    await session.close();
    expect(existsSync(session.configDir)).toBe(false);
  });

  it("logs in by stdin, without the user's keychain", async () => {
    const session = await openRegistrySession(environment);
    await session.login('docker.io', 'me', 'pass word');
    expect(readFileSync(join(home, 'arguments'), 'utf8').split('\n')).toEqual([
      'login',
      '--username',
      'me',
      '--password-stdin',
      'docker.io',
      '',
    ]);
    expect(config(join(home, '.docker'))).toMatchObject({ credsStore: 'desktop' });
    expect(JSON.parse(readFileSync(join(home, 'before.json'), 'utf8'))).toEqual({
      currentContext: 'remote',
      credHelpers: { 'https://index.docker.io/v1/': '' },
    });
    expect(await findCredentials('docker.io', { DOCKER_CONFIG: session.configDir })).toEqual({
      user: 'me',
      password: 'pass word',
    });
    expect(JSON.parse(readFileSync(join(session.configDir, 'auth.json'), 'utf8'))).toEqual({
      auths: { 'https://index.docker.io/v1/': { auth: expect.any(String) } },
    });
    await session.close();
  });

  it.each(engines)('logs in with $program, for every engine, if no other is installed', async ({ program, login }) => {
    rmSync(join(home, 'bin', 'docker'));
    const command = join(home, 'bin', program);
    const path = `$DOCKER_CONFIG/${login.file}`;
    writeFileSync(
      command,
      `#!/bin/sh\ncat > "$HOME/password"\necho '{"auths":{"r.example.com":{"auth":"bWU6cA=="}}}' > "${path}"`,
    );
    chmodSync(command, 0o755);
    symlinkSync('/bin/cat', join(home, 'bin', 'cat'));
    const session = await openRegistrySession({ HOME: home, PATH: join(home, 'bin') });
    await session.login('r.example.com', 'me', 'p');
    expect(readFileSync(join(home, 'password'), 'utf8')).toBe('p');
    for (const each of engines) {
      expect(JSON.parse(readFileSync(join(session.configDir, each.login.file), 'utf8'))).toMatchObject({
        auths: { 'r.example.com': { auth: 'bWU6cA==' } },
      });
    }
    await session.close();
  });

  it('keeps a login for another program, without asking the registry', async () => {
    const session = await openRegistrySession(environment);
    await session.keep('docker.io', { user: 'me', password: 'mine-1' });
    await session.keep('r.example.com', { identityToken: 'token-1' });
    const { auths } = config(session.configDir) as { auths: Record<string, { auth: string; identitytoken?: string }> };
    expect(Object.keys(auths)).toEqual(['https://index.docker.io/v1/', 'r.example.com']);
    const found = { HOME: home, DOCKER_CONFIG: session.configDir };
    expect(await findCredentials('docker.io', found)).toEqual({ user: 'me', password: 'mine-1' });
    expect(await findCredentials('r.example.com', found)).toEqual({ identityToken: 'token-1' });
    expect(statSync(join(session.configDir, 'config.json')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(home, 'arguments'))).toBe(false);
    await session.close();
  });

  it('is used only for the registries it has logged in to', async () => {
    const session = await openRegistrySession(environment);
    await session.login('localhost:5000', 'me', 'password');
    expect(await sessionFor('localhost:5000', session)).toBe(session.configDir);
    expect(await sessionFor('mine.example.com', session)).toBeUndefined();
    expect(await sessionFor('localhost:5000', undefined)).toBeUndefined();
    await session.close();
  });

  it('reports the rejected user and the registry, without the password', async () => {
    const session = await openRegistrySession(environment);
    const error = (await session.login('r.example.com', 'me', 'wrong-1').catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('me was not logged in to r.example.com'),
    });
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain('wrong-1');
    await session.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', (signal) => {
    const script = `
      import { openRegistrySession } from ${JSON.stringify(join(import.meta.dirname, 'session.ts'))};
      const session = await openRegistrySession();
      console.log(session.configDir);
      process.kill(process.pid, '${signal}');
      setTimeout(() => {}, 5_000);`;
    const transpiled = spawnSync(
      join(import.meta.dirname, '../../../../node_modules/.bin/esbuild'),
      ['--bundle', '--platform=node', '--format=esm', '--loader=ts', '--log-level=error'],
      { input: script, encoding: 'utf8', cwd: import.meta.dirname },
    );
    const file = join(home, 'script.mjs');
    writeFileSync(
      file,
      `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);\n${transpiled.stdout}`,
    );
    const child = spawnSync(process.execPath, [file], { encoding: 'utf8', env: environment });
    const configDir = child.stdout.trim();
    expect(child.signal).toBe(signal);
    expect(configDir).toContain('nx-image-matrix-');
    expect(existsSync(configDir)).toBe(false);
  });
});
