import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { portOf } from '../testing/port.ts';
import { loopbackServer, type Handler, type LoopbackServer } from '../testing/loopback.ts';
import { currentDigests, type CurrentDigest, type DigestOptions } from './current-digests.ts';
import { readMirror } from './mirror.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const index = 'application/vnd.oci.image.index.v1+json';

let registry: LoopbackServer;
let second: LoopbackServer;

const has =
  (found: string): Handler =>
  (_, response) =>
    response.writeHead(200, { 'docker-content-digest': found, 'content-length': '7' }).end();
const answers =
  (status: number, headers: Record<string, string> = {}, body = ''): Handler =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

const silent: Handler = () => {};

beforeEach(async () => {
  registry = await loopbackServer(has(digest));
  second = await loopbackServer(has(other));
});
afterEach(() => {
  registry.close();
  second.close();
});

/** With short waits, and without the clock's. */
async function ask(references: string[], options: DigestOptions = {}): Promise<Record<string, CurrentDigest>> {
  const waits: number[] = [];
  const clock = {
    now: () => waits.reduce((a, b) => a + b, 0),
    random: () => 0,
    sleep: async (ms: number) => void waits.push(ms),
  };
  const found = await currentDigests(references, {
    clock,
    policy: { request: registry.handle === silent ? 300 : 20_000 },
    ...options,
  });
  return Object.fromEntries(
    [...found].map(([name, answer]) => [
      name.replaceAll(registry.address, 'r').replaceAll(second.address, 's'),
      answer,
    ]),
  );
}

function wordsOf(answer: CurrentDigest | undefined): string {
  if (!answer) return 'nothing';
  if ('digest' in answer) return answer.digest;
  if ('missing' in answer) return 'missing';
  const { code, message, hint = '' } = answer.error;
  return `${code} ${message}\n${hint}`.replaceAll(registry.address, 'r').replaceAll(second.address, 's');
}

it('asks each registry for the digest of each reference once', async () => {
  expect(await ask([`${registry.address}/a:1`, `${registry.address}/a:1`, `${second.address}/team/b`])).toEqual({
    'r/a:1': { digest },
    's/team/b': { digest: other },
  });
  expect(registry.asked).toEqual(['HEAD /v2/a/manifests/1']);
  expect(second.asked).toEqual(['HEAD /v2/team/b/manifests/latest']);
});

it('keeps its connections, and asks eight questions at once', async () => {
  const sockets = new Set<unknown>();
  let open = 0;
  let most = 0;
  registry.handle = (request, response) => {
    sockets.add(request.socket);
    most = Math.max(most, ++open);
    setTimeout(() => {
      open -= 1;
      has(digest)(request, response, '');
    }, 100);
  };
  await ask(Array.from({ length: 40 }, (_, at) => `${registry.address}/a:${at}`));
  expect([most, registry.asked.length]).toEqual([8, 40]);
  // A connection is free again a moment after its answer.
  expect(sockets.size).toBeLessThan(17);
});

it.each<[string, Handler, string]>([
  [
    'without a digest',
    (request, response) => response.writeHead(200, { 'content-type': index }).end(request.method === 'GET' ? '{}' : ''),
    `sha256:${createHash('sha256').update('{}').digest('hex')}`,
  ],
  [
    'that does not know HEAD',
    (request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(405).end()
        : response.writeHead(200, { 'content-type': index }).end('{}'),
    `sha256:${createHash('sha256').update('{}').digest('hex')}`,
  ],
  [
    'with a digest of another form',
    (request, response) =>
      response
        .writeHead(200, { 'content-type': index, 'docker-content-digest': 'sha256:../../etc' })
        .end(request.method === 'GET' ? '{}' : ''),
    `sha256:${createHash('sha256').update('{}').digest('hex')}`,
  ],
  [
    'with another digest than that of the text',
    (request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(200).end()
        : response.writeHead(200, { 'content-type': index, 'docker-content-digest': digest }).end('{}'),
    'registry-failed the registry answered with sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a, but names it',
  ],
  [
    'with a page to log in',
    answers(200, { 'content-type': 'text/html' }, '<html>Welcome</html>'),
    'registry-failed the registry has something that is not a manifest',
  ],
  [
    'with a text without end',
    (request, response) => {
      response.writeHead(200, { 'content-type': index });
      if (request.method === 'HEAD') return void response.end();
      const write = (): void => void (response.destroyed || response.write('x'.repeat(1_000_000), write));
      write();
    },
    'registry-failed r answers without end',
  ],
  [
    'with headers without end',
    answers(200, { x: 'x'.repeat(200_000) }),
    'registry-failed r answers with headers without end',
  ],
  ['without the tag', answers(404), 'missing'],
  [
    'that limits the rate',
    answers(429),
    'registry-failed r was asked for r/a:1: 429 Too Many Requests (3 tries)\nr limits how often it is asked: log in to it, name a mirror',
  ],
  [
    'that limits the rate for a second',
    answers(429, { 'retry-after': '1' }),
    'registry-failed r was asked for r/a:1: 429 Too Many Requests (3 tries)',
  ],
  [
    'that limits the rate for an hour',
    answers(429, { 'retry-after': '3600' }),
    'registry-failed r was asked for r/a:1: 429 Too Many Requests (it wants to be left alone for 3600 s)',
  ],
  [
    'in trouble',
    answers(500),
    'registry-failed r was asked for r/a:1: 500 Internal Server Error (3 tries)\nr has trouble; try again later',
  ],
  [
    'in trouble, as a proxy says',
    answers(502, {}, '<html>Bad \u001b[31mGateway</html>'),
    'registry-failed r was asked for r/a:1: 502 Bad Gateway (3 tries)',
  ],
  ['that breaks off', (request) => request.socket.resetAndDestroy(), 'registry-failed r cannot be reached: '],
  ['that never answers', silent, 'registry-failed r cannot be reached: no answer within 1 s (3 tries)'],
  [
    'that wants a login',
    answers(401, { 'www-authenticate': 'Basic realm="x"' }),
    'unauthorized r was asked for r/a:1: 401 Unauthorized\nlog in to r with an account that may read the repository; check the name too',
  ],
  [
    'that refuses',
    answers(403, {}, '{"errors":[{"code":"DENIED","message":"no \\u001b[2Jaccess"}]}'),
    'unauthorized r was asked for r/a:1: 403 Forbidden\nlog in to r',
  ],
])('understands a registry %s', async (_, handle, expected) => {
  registry.handle = handle;
  const found = wordsOf((await ask([`${registry.address}/a:1`]))['r/a:1']);
  expect(found.slice(0, expected.length)).toBe(expected);
  // oxlint-disable-next-line no-control-regex
  expect(found).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

it('tells of a registry that is gone, and asks the others', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const gone = `127.0.0.1:${portOf(server)}`;
  await new Promise((resolve) => server.close(resolve));
  const found = await ask([`${registry.address}/a:1`, `${gone}/a:1`, `${second.address}/a:1`]);
  expect(Object.values(found).map(wordsOf).sort()).toEqual([
    expect.stringMatching(
      /^registry-failed 127.* cannot be reached: connect ECONNREFUSED .* \(3 tries\)\nis the registry running\?/,
    ),
    digest,
    other,
  ]);
});

it('asks a registry that limits the rate nothing more', async () => {
  registry.handle = answers(429);
  const found = await ask(Array.from({ length: 40 }, (_, at) => `${registry.address}/a:${at}`));
  expect(registry.asked.length).toBeLessThanOrEqual(8 * 3);
  expect(wordsOf(found['r/a:39'])).toMatch(/429 Too Many Requests .*; it is not asked again in this run\n/);
});

it('goes on with a registry that fails for one repository', async () => {
  registry.handle = (request, response, body) =>
    (request.url?.includes('/bad/') ? answers(500) : has(digest))(request, response, body);
  const found = await ask(['bad/x:1', 'a:1', 'b:1'].map((name) => `${registry.address}/${name}`));
  expect(Object.values(found).map((answer) => 'digest' in answer)).toEqual(expect.arrayContaining([false, true, true]));
});

it('takes no more time for 40 references of a registry that never answers than for some', async () => {
  registry.handle = silent;
  const started = performance.now();
  const found = await ask(Array.from({ length: 40 }, (_, at) => `${registry.address}/a:${at}`));
  expect(Object.values(found).every((answer) => 'error' in answer)).toBe(true);
  expect(performance.now() - started).toBeLessThan(15_000);
});

it('ends when it is interrupted', async () => {
  registry.handle = silent;
  const signal = AbortSignal.timeout(50);
  await expect(ask([`${registry.address}/a:1`], { signal, policy: { request: 60_000 } })).rejects.toMatchObject({
    code: 'interrupted',
  });
});

describe('logins', () => {
  const passwords = new Map<string, string>();
  const credentials = async (name: string) => {
    const password = passwords.get(name);
    return password === undefined ? undefined : { user: 'me', password };
  };
  const basic =
    (password: string, found: string): Handler =>
    (request, response, body) =>
      request.headers.authorization === `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
        ? has(found)(request, response, body)
        : answers(401, { 'www-authenticate': 'Basic realm="x"' })(request, response, body);

  beforeEach(() => {
    passwords.clear();
    passwords.set(registry.address, 'one');
    passwords.set(second.address, 'two');
  });

  it('are those of each registry', async () => {
    registry.handle = basic('one', digest);
    second.handle = basic('two', other);
    expect(await ask([`${registry.address}/a:1`, `${second.address}/b:1`], { credentials })).toEqual({
      'r/a:1': { digest },
      's/b:1': { digest: other },
    });
  });

  it('are anonymous tokens for each repository, as at Docker Hub', async () => {
    registry.handle = (request, response, body) => {
      if (request.url?.startsWith('/token')) {
        const scope = new URL(request.url, 'http://x').searchParams.get('scope');
        return answers(200, {}, JSON.stringify({ token: scope?.split(':')[1] }))(request, response, body);
      }
      const repository = /^\/v2\/(.*)\/manifests/.exec(request.url ?? '')?.[1];
      return request.headers.authorization === `Bearer ${repository}`
        ? has(digest)(request, response, body)
        : answers(401, { 'www-authenticate': `Bearer realm="http://${registry.address}/token",service="hub"` })(
            request,
            response,
            body,
          );
    };
    expect(await ask([`${registry.address}/library/a:1`, `${registry.address}/b/c:1`])).toEqual({
      'r/library/a:1': { digest },
      'r/b/c:1': { digest },
    });
    expect(registry.asked.join('\n')).not.toMatch(/me:/);
  });

  it('never leave for the token server of another registry', async () => {
    registry.handle = answers(401, { 'www-authenticate': `Bearer realm="http://${second.address}/token",service="x"` });
    second.handle = answers(200, {}, '{"token":"t"}');
    await ask([`${registry.address}/a:1`], { credentials });
    expect(second.asked.join('\n')).not.toContain('two');
  });
});

describe('mirrors', () => {
  const mirrors = () => new Map([['docker.io', [readMirror(`${registry.address}/hub`)]]]);

  it('are asked in the place of the registry, with their own login only', async () => {
    const asked: string[] = [];
    registry.handle = (request, response, body) =>
      (request.headers.authorization ? has(digest) : answers(401, { 'www-authenticate': 'Basic realm="x"' }))(
        request,
        response,
        body,
      );
    const credentials = async (name: string) => {
      asked.push(name);
      return name === registry.address ? { user: 'me', password: 'mine' } : { user: 'hub', password: 'secret' };
    };
    expect(await ask(['debian:12', 'acme/app:1'], { mirrors: mirrors(), credentials })).toEqual({
      'debian:12': { digest },
      'acme/app:1': { digest },
    });
    expect(new Set(asked)).toEqual(new Set([registry.address]));
    expect(registry.asked).toContain('HEAD /v2/hub/library/debian/manifests/12 me:mine');
    expect(registry.asked).toContain('HEAD /v2/hub/acme/app/manifests/1 me:mine');
  });

  it.each<[string, Handler, number]>([
    ['does not have the image', answers(404), 0],
    ['is in trouble', answers(503), 1],
    ['limits the rate', answers(429), 1],
    ['refuses', answers(403), 1],
    ['never answers', silent, 1],
  ])('are followed by the registry itself if one %s', async (_, handle, failures) => {
    registry.handle = handle;
    const failed: string[] = [];
    const found = await ask([`${second.address}/debian:12`], {
      mirrors: new Map([[second.address, [readMirror(`${registry.address}/x`)]]]),
      onMirrorFailed: (mirror) => failed.push(mirror.registry),
    });
    expect(found).toEqual({ 's/debian:12': { digest: other } });
    expect(failed).toHaveLength(failures);
  });

  it('are asked one after the other', async () => {
    registry.handle = answers(404);
    const found = await ask(['debian:12'], {
      mirrors: new Map([['docker.io', [readMirror(registry.address), readMirror(second.address)]]]),
    });
    expect(found).toEqual({ 'debian:12': { digest: other } });
  });

  it.each<[Handler, string]>([
    [answers(500), 'r was asked for r/debian:12: 500 Internal Server Error'],
    [answers(404), 'r does not have it'],
  ])('are named with the registry if both fail', async (handle, words) => {
    registry.handle = handle;
    second.close();
    const found = await ask([`${second.address}/debian:12`], {
      mirrors: new Map([[second.address, [readMirror(registry.address)]]]),
    });
    expect(wordsOf(found['s/debian:12'])).toMatch(
      new RegExp(`^registry-failed s cannot be reached: .*; before that, ${words}`),
    );
  });
});
