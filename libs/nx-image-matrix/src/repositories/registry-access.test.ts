import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryAccess, type RegistryAccess } from './registry-access.ts';

/** Like `docker login`: writes the login to `DOCKER_CONFIG`. Counts its calls; the password `wrong` is rejected. */
const fakeDocker = `#!/bin/sh
password=$(cat)
echo "$3 $5" >> "$LOGINS"
[ "$password" = wrong ] && { echo "Error response from daemon: unauthorized" >&2; exit 1; }
sleep 0.$(printf '%s' "$3" | wc -c)
auth=$(printf '%s' "$3:$password" | base64 -w0)
printf '{"auths":{"%s":{"auth":"%s"}}}' "$5" "$auth" > "$DOCKER_CONFIG/config.json"
`;

let home: string;
let access: RegistryAccess;
const before = { ...process.env };
const logins = (): string[] => readFileSync(join(home, 'logins'), 'utf8').trim().split('\n');
const target = (repository: string, user: string, password = `${user}-pw`) => ({
  repository,
  login: { user, password },
});
const userIn = (folder = ''): string => {
  const { auths } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as {
    auths: Record<string, { auth: string }>;
  };
  return Buffer.from(Object.values(auths)[0]!.auth, 'base64').toString();
};

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'registry-access-'));
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin', 'docker'), fakeDocker);
  chmodSync(join(home, 'bin', 'docker'), 0o755);
  Object.assign(process.env, {
    HOME: home,
    DOCKER_CONFIG: join(home, '.docker'),
    LOGINS: join(home, 'logins'),
    PATH: `${join(home, 'bin')}:${before['PATH']}`,
  });
  access = registryAccess({ insecure: [], signal: new AbortController().signal });
});

afterEach(async () => {
  await access.close();
  for (const name of ['HOME', 'DOCKER_CONFIG', 'LOGINS', 'PATH']) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  rmSync(home, { recursive: true, force: true });
});

describe('registryAccess', () => {
  it('gives several accounts on one registry separate logins, in parallel', async () => {
    const users = ['alice', 'bob', 'robot$team+ci'];
    const sessions = await Promise.all(
      users.map((user) => access.sessionOf(target(`r.example.com/${user}/app`, user))),
    );
    expect(sessions.map((session) => userIn(session?.configDir))).toEqual(users.map((user) => `${user}:${user}-pw`));
    expect(new Set(sessions.map((session) => session?.configDir)).size).toBe(3);
    await access.close();
    expect(sessions.filter((session) => existsSync(session!.configDir))).toEqual([]);
  });

  it('logs in once for all repositories of one account on one registry, and once more elsewhere', async () => {
    const repositories = ['r.example.com/a', 'r.example.com/b', 'docker.io/a', 'index.docker.io/b', 'c/d'];
    await Promise.all(repositories.map((repository) => access.sessionOf(target(repository, 'alice'))));
    expect(logins().toSorted()).toEqual(['alice docker.io', 'alice r.example.com']);
  });

  it('separates accounts that differ only in the password', async () => {
    const [one, two] = await Promise.all(
      ['first', 'second'].map((password) => access.sessionOf(target('r.example.com/a', 'alice', password))),
    );
    expect([userIn(one?.configDir), userIn(two?.configDir)]).toEqual(['alice:first', 'alice:second']);
  });

  it('fails everything that needs a rejected account, logs in once, and lets the others through', async () => {
    const wrong = target('r.example.com/a', 'bob', 'wrong');
    await expect(access.sessionOf(wrong)).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(access.sessionOf(wrong)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(userIn((await access.sessionOf(target('r.example.com/b', 'alice')))?.configDir)).toBe('alice:alice-pw');
    expect(logins()).toEqual(['bob r.example.com', 'alice r.example.com']);
  });

  it("has no session if the engine's logins are used", async () => {
    expect(await access.sessionOf({ repository: 'r.example.com/a' })).toBeUndefined();
  });

  it('keeps the login that counts for another program, without an engine', async () => {
    mkdirSync(join(home, '.docker'));
    const auth = Buffer.from('me:mine').toString('base64');
    writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { 'r.example.com': { auth } } }));
    const [own, given, none] = await Promise.all([
      access.configOf({ repository: 'r.example.com/a' }),
      access.configOf(target('r.example.com/a', 'alice')),
      access.configOf({ repository: 's.example.com/a' }),
    ]);
    expect([userIn(own), userIn(given)]).toEqual(['me:mine', 'alice:alice-pw']);
    expect(JSON.parse(readFileSync(join(none, 'config.json'), 'utf8'))).toEqual({});
    expect(existsSync(join(home, 'logins'))).toBe(false);
    await access.close();
    expect([own, given, none].filter(existsSync)).toEqual([]);
  });

  it('accesses each repository with its own account', async () => {
    const asked: string[] = [];
    const server: Server = createServer((request, response) => {
      const { authorization } = request.headers;
      const user = Buffer.from(authorization?.split(' ')[1] ?? '', 'base64').toString();
      if (authorization) asked.push(`${request.url} ${user}`);
      response.writeHead(authorization ? 404 : 401, { 'www-authenticate': 'Basic realm="r"' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const digests = ['alice', 'bob'].map((user) =>
      access.clientOf(target(`${registry}/${user}`, user)).digest(`${registry}/${user}:1`),
    );
    await Promise.all(digests);
    expect(asked.toSorted()).toEqual(['/v2/alice/manifests/1 alice:alice-pw', '/v2/bob/manifests/1 bob:bob-pw']);
    server.closeAllConnections();
    server.close();
  });
});
