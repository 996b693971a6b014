import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { loopbackServer } from '../testing/loopback.ts';
import type { LoopbackServer } from '../testing/loopback.ts';
import { secureServer } from '../testing/secure-server.ts';
import { registryClient } from './client.ts';
import { findCredentials } from './credentials.ts';
import { pushWithRetries } from './push.ts';
import { runMemory } from './reachability.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const clock: Clock = { now: () => 0, random: () => 0, sleep: async () => undefined };
const failure = async (result: Promise<unknown>): Promise<EngineError> =>
  result.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: EngineError) => error,
  );

let folder: string;
let registry: LoopbackServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'networks-'));
  registry = await loopbackServer((_, response) => response.writeHead(200, { 'docker-content-digest': digest }).end());
});

afterEach(() => {
  registry.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a registry that does not answer', () => {
  const policy = { tries: 1, request: 100 };

  it('is given up after two unanswered requests of a run, and tried again in the next run', async () => {
    registry.handle = () => undefined;
    const memory = runMemory();
    const ask = (tag: string): Promise<unknown> =>
      registryClient({ clock, policy, memory }).digest(`${registry.address}/x:${tag}`);
    for (const tag of ['1', '2']) expect((await failure(ask(tag))).message).toMatch(/no answer within 1 s$/);
    const before = registry.asked.length;
    expect((await failure(ask('4'))).message).toContain('it is not asked again in this run');
    expect(registry.asked).toHaveLength(before);
    registry.handle = (_, response) => response.writeHead(200, { 'docker-content-digest': digest }).end();
    expect(await registryClient({ clock, memory: runMemory() }).digest(`${registry.address}/x:5`)).toBe(digest);
  });

  it('is given up after one request with all its tries', async () => {
    const memory = runMemory();
    const ask = (): Promise<unknown> => registryClient({ clock, memory }).digest('127.0.0.1:1/x:1');
    expect((await failure(ask())).message).toContain('(5 tries)');
    expect((await failure(ask())).message).toContain('it is not asked again in this run');
  });

  it('is not given up after it refuses one try at once, as during a restart', async () => {
    const memory = runMemory();
    const ask = (): Promise<unknown> =>
      registryClient({ clock, memory, policy: { tries: 1 } }).digest('127.0.0.1:1/x:1');
    for (let count = 0; count < 3; count++) await failure(ask());
    expect(memory.silent.size).toBe(0);
  });

  it('is no longer considered silent after an answer', async () => {
    const memory = runMemory();
    memory.silent.set(registry.address, 'once');
    await registryClient({ clock, memory }).digest(`${registry.address}/x:1`);
    expect(memory.silent.size).toBe(0);
  });
});

describe('a credential helper', () => {
  function helper(script: string): NodeJS.ProcessEnv {
    const path = join(folder, 'docker-credential-mine');
    writeFileSync(path, `#!/bin/sh\necho asked >> ${folder}/asked\n${script}\n`);
    chmodSync(path, 0o755);
    writeFileSync(join(folder, 'config.json'), '{"credsStore":"mine"}');
    return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
  }

  it.each([
    ['fails', 'echo "AccessDenied: the role may not" >&2; exit 1', 'AccessDenied: the role may not'],
    ['fails on standard output', 'echo "AccessDenied: the role may not"; exit 1', 'AccessDenied: the role may not'],
    ['says nothing', 'exit 3', 'it ended with 3'],
    ['answers no JSON', 'echo no', 'its answer is not JSON'],
    ['colours its words', `printf '\\033[31mred\\033[0m\\n' >&2; exit 1`, ': red'],
  ])('that %s is reported with its output, and run once per run', async (_, script, words) => {
    const environment = helper(script);
    const memory = runMemory();
    for (let count = 0; count < 3; count++) {
      const error = await failure(findCredentials('r.example.com', environment, memory));
      expect(error.message).toMatch(/^docker-credential-mine has no login for r\.example\.com: /);
      expect(error.message).toContain(words);
    }
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toBe('asked\n');
  });

  it.each([
    ['missing', 'it is not installed'],
    ['../../bin/sh', 'that is not the name of a helper'],
  ])('called %s is named: %s', async (name, words) => {
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: name }));
    const error = await failure(findCredentials('r.example.com', { DOCKER_CONFIG: folder, PATH: process.env['PATH'] }));
    expect(error.message).toContain(words);
  });

  it('that fails does not prevent anonymous reads, and is in the hint if a login is needed', async () => {
    const environment = helper('echo AccessDenied; exit 1');
    const notes: string[] = [];
    const client = registryClient({
      clock,
      credentials: (name) => findCredentials(name, environment),
      onNote: (line) => notes.push(line),
    });
    expect(await client.digest(`${registry.address}/x:1`)).toBe(digest);
    expect(notes).toEqual([]);
    registry.handle = (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    expect((await failure(client.digest(`${registry.address}/x:1`))).hint).toContain('AccessDenied');
    expect(notes).toHaveLength(1);
  });

  it('that hangs fails the push before the engine waits for it too', async () => {
    const environment = helper('sleep 300');
    let started = false;
    const attempt = async () => {
      started = true;
      return { ok: true, lines: [] };
    };
    const job = { environment, attempt, clock, onLine: () => undefined, ask: async () => digest };
    expect((await failure(pushWithRetries('r.example.com/x:1', job))).message).toContain('did not answer within 10 s');
    expect(started).toBe(false);
  });
});

describe('a registry behind TLS, a private CA and a proxy', () => {
  it("is reached through a tunnel with docker's certificates, and its login is not in messages", async () => {
    const { name, proxy, tunnels, trustIn, close } = await secureServer(folder, (_, response) =>
      response.writeHead(200, { 'docker-content-digest': digest }).end(),
    );
    const ask = (environment: NodeJS.ProcessEnv): Promise<unknown> =>
      registryClient({ clock, environment: { HOME: folder, ...environment } }).digest(`${name}/x:1`);

    const HTTPS_PROXY = `http://me:hunter2hunter2@${proxy}`;
    expect((await failure(ask({ HTTPS_PROXY }))).hint).toContain('NODE_EXTRA_CA_CERTS');
    trustIn(folder);
    expect(await ask({ HTTPS_PROXY })).toBe(digest);
    expect(tunnels.at(-1)).toBe(`${name} me:hunter2hunter2`);
    const error = await failure(ask({ HTTPS_PROXY: `http://${proxy}` }));
    expect(error.message).toContain('407 Proxy Authentication Required');
    expect(error.hint).toContain('NO_PROXY');
    const dead = await failure(ask({ HTTPS_PROXY: 'http://me:hunter2hunter2@127.0.0.1:1' }));
    expect(JSON.stringify(dead) + dead.message + dead.stack).not.toContain('hunter2');
    close();
  });

  it('over plain HTTP is requested from the proxy by its complete URL', async () => {
    const client = registryClient({
      clock,
      insecure: ['reg.internal:5000'],
      environment: { HTTP_PROXY: `http://${registry.address}` },
    });
    expect(await client.digest('reg.internal:5000/x:1')).toBe(digest);
    expect(registry.asked).toEqual(['HEAD http://reg.internal:5000/v2/x/manifests/1']);
  });
});
