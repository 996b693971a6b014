import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { loopbackServer } from '../testing/loopback.ts';
import type { Handler, LoopbackServer } from '../testing/loopback.ts';
import { portOf } from '../testing/port.ts';
import { imageType, indexType } from '../testing/registry-content.ts';
import { secureServer, type SecureServer } from '../testing/secure-server.ts';
import { copyImage } from './copy.ts';
import { digestOf } from './manifest.ts';
import { runMemory } from './reachability.ts';
import { isSourceFailure } from './side-failure.ts';
import type { Credentials } from './run-memory.ts';
import type { ClientOptions } from './transport.ts';

const clock: Clock = { now: () => performance.now(), random: () => 0, sleep: async () => undefined };
const credentials: Credentials = { user: 'me', password: 'hunter2hunter2' };
const layer = 'layer'.repeat(50_000);
const config = '{"config":{}}';
const blob = (content: string) => ({ digest: digestOf(Buffer.from(content)), size: content.length });
const manifest = JSON.stringify({ config: blob(config), layers: [blob(layer)] });

/** A registry with this content that keeps what it is sent, by its path. */
class MemoryRegistry {
  readonly stored = new Map<string, string>();
  readonly server: LoopbackServer;
  /** Handles a request in its place, if it returns true. */
  instead: (...args: Parameters<Handler>) => boolean = () => false;

  static async open(): Promise<MemoryRegistry> {
    return new MemoryRegistry(await loopbackServer(() => undefined));
  }

  private constructor(server: LoopbackServer) {
    this.server = server;
    server.handle = (...args) => void (this.instead(...args) || this.#answer(...args));
  }

  get address(): string {
    return this.server.address;
  }

  put(repository: string, kind: 'blobs' | 'manifests', content: string): string {
    const digest = digestOf(Buffer.from(content));
    this.stored.set(`/v2/${repository}/${kind}/${digest}`, content);
    return digest;
  }

  /** Requests with this method. */
  asked(method: string): string[] {
    return this.server.asked.filter((line) => line.startsWith(`${method} `));
  }

  #answer: Handler = ({ method, url = '' }, response, body) => {
    const [path = '', query = ''] = url.split('?');
    if (method === 'POST') return void response.writeHead(202, { location: `${path}session?_state=a%3D%3D` }).end();
    if (method === 'PUT') {
      const digest = new URLSearchParams(query).get('digest');
      this.stored.set(digest ? path.replace(/uploads\/.*/, digest) : path, body);
      return void response.writeHead(201).end();
    }
    const content = this.stored.get(path);
    if (content === undefined) return void response.writeHead(404).end();
    const type = 'manifests' in JSON.parse(path.includes('/manifests/') ? content : '{}') ? indexType : imageType;
    response.writeHead(200, { 'content-type': type, 'docker-content-digest': digestOf(Buffer.from(content)) });
    response.end(method === 'HEAD' ? '' : content);
  };
}

let from: MemoryRegistry;
let to: MemoryRegistry;
let stranger: LoopbackServer;

beforeEach(async () => {
  [from, to] = [await MemoryRegistry.open(), await MemoryRegistry.open()];
  stranger = await loopbackServer((_, response) => response.writeHead(201).end());
  for (const content of [layer, config]) from.put('staging', 'blobs', content);
});

afterEach(() => {
  for (const { close } of [from.server, to.server, stranger]) close();
});

const copyAs = (tag: string, content: string, options: ClientOptions, target = to, more: ClientOptions = {}) => {
  const digest = from.put('staging', 'manifests', content);
  const source: ClientOptions = { clock, credentials: async () => credentials, policy: { request: 2_000 }, ...options };
  const there = `${target.address}/app:${tag}`;
  return copyImage(`${from.address}/staging@${digest}`, there, { source, target: { ...source, ...more } });
};
const copy = (content = manifest, options: ClientOptions = {}, target?: MemoryRegistry, more?: ClientOptions) =>
  copyAs('1', content, options, target, more);
const failure = (result: Promise<unknown>): Promise<EngineError> =>
  result.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: EngineError) => error,
  );

describe('the error of a copy says which repository has failed', () => {
  const path = `/v2/staging/blobs/${digestOf(Buffer.from(layer))}`;
  const isBlob = (url = ''): boolean => url.includes('/blobs/');
  const cases: [name: string, isSource: boolean, prepare: () => void][] = [
    ['a layer is missing in the source', true, () => void from.stored.delete(path)],
    ['a layer of the source is other content', true, () => void from.stored.set(path, 'other'.repeat(50_000))],
    [
      'the source breaks off in a layer',
      true,
      () => {
        from.instead = ({ url }, response) => {
          if (url !== path) return false;
          response.writeHead(200, { 'content-length': layer.length }).write(layer.slice(0, 100_000));
          setTimeout(() => response.destroy(), 20);
          return true;
        };
      },
    ],
    ['the source refuses', true, () => (from.instead = (_, response) => Boolean(response.writeHead(403).end()))],
    ['the target refuses', false, () => (to.instead = (_, response) => Boolean(response.writeHead(403).end()))],
    [
      'the target refuses a layer',
      false,
      () =>
        (to.instead = ({ method, url }, response) =>
          method === 'PUT' && isBlob(url) && Boolean(response.writeHead(500).end())),
    ],
    [
      'the target breaks off in a layer',
      false,
      () => {
        to.instead = ({ method, url, socket }) => {
          if (method !== 'PUT' || !isBlob(url)) return false;
          socket.destroy();
          return true;
        };
      },
    ],
  ];

  it.each(cases)('%s', async (_, isSource, prepare) => {
    prepare();
    expect(isSourceFailure(await failure(copy()))).toBe(isSource);
  });

  it('a manifest is missing in the source', async () => {
    const error = await failure(
      copyImage(`${from.address}/staging@${digestOf(Buffer.from('x'))}`, `${to.address}/app:1`, {
        source: { clock },
        target: { clock },
      }),
    );
    expect(isSourceFailure(error)).toBe(true);
  });
});

describe('copyImage', () => {
  it('sends the blobs, then the manifest with the bytes of the source', async () => {
    expect(await copy()).toBe(digestOf(Buffer.from(manifest)));
    expect(to.stored.get('/v2/app/manifests/1')).toBe(manifest);
    expect(to.stored.get(`/v2/app/blobs/${digestOf(Buffer.from(layer))}`)).toBe(layer);
    expect(to.asked('PUT').at(-1)).toMatch(/^PUT \/v2\/app\/manifests\/1 /);
  });

  it('keeps the address of an upload byte for byte', async () => {
    await copy();
    expect(to.asked('PUT')[0]).toMatch(/^PUT \/v2\/app\/blobs\/uploads\/session\?_state=a%3D%3D&digest=sha256%3A/);
  });

  it('does not copy layers that are elsewhere', async () => {
    const foreign = [
      { ...blob('a'), mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
      { ...blob('b'), mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' },
      { ...blob('c'), urls: ['https://example.com/c'] },
    ];
    await copy(JSON.stringify({ config: blob(config), layers: [...foreign, blob(layer)] }));
    expect(to.asked('PUT')).toHaveLength(3);
  });

  it('copies an empty blob', async () => {
    from.put('staging', 'blobs', '');
    await copy(JSON.stringify({ config: blob(config), layers: [blob('')] }));
    expect(to.stored.get(`/v2/app/blobs/${digestOf(Buffer.from(''))}`)).toBe('');
  });

  it('copies each manifest of nested indexes once, before those that name it', async () => {
    const child = from.put('staging', 'manifests', manifest);
    const inner = from.put('staging', 'manifests', JSON.stringify({ manifests: [{ digest: child }] }));
    await copy(JSON.stringify({ manifests: [{ digest: child }, { digest: inner }, { digest: child }] }));
    const manifests = to.asked('PUT').flatMap((line) => /manifests\/(\S+)/.exec(line)?.[1] ?? []);
    expect(manifests).toEqual([child, inner, '1']);
  });

  it.each([
    ['layers of an index', { manifests: [], layers: [] }, /does not have the fields of its type/],
    ['no layers', { config: blob(config) }, /does not have the fields of its type/],
    ['layers that are no list', { config: blob(config), layers: {} }, /does not have the fields of its type/],
    ['a digest with a path', { config: { digest: 'sha256:../x', size: 1 }, layers: [] }, /a digest that is none/],
    ['no size', { config: { digest: blob('').digest }, layers: [] }, /a size that is none/],
    ['a negative size', { config: { ...blob(''), size: -1 }, layers: [] }, /a size that is none/],
    ['no configuration', { config: null, layers: [] }, /a size that is none/],
    ['601 layers', { config: blob(config), layers: Array(601).fill(blob(layer)) }, /a manifest with 601 parts/],
    ['an index that names nothing', { manifests: [null] }, /a digest that is none/],
  ])('refuses a manifest with %s', async (_, document, message) => {
    expect(await failure(copy(JSON.stringify(document)))).toMatchObject({
      code: 'registry-failed',
      message: expect.stringMatching(message),
    });
    expect(to.asked('PUT')).toEqual([]);
  });

  it('refuses a manifest of an unknown type', async () => {
    from.instead = ({ url = '' }, response) => {
      if (!url.includes('/manifests/')) return false;
      response.writeHead(200, { 'content-type': 'application/\u009b31mx' }).end(manifest);
      return true;
    };
    const { message } = await failure(copy());
    expect(message).toMatch(/^the registry has a manifest of the type .*, which cannot be copied$/);
    // oxlint-disable-next-line no-control-regex
    expect(message).not.toMatch(/\u009b/);
  });

  it('says that the source is gone', async () => {
    from.instead = (_, response) => Boolean(response.writeHead(404).end());
    expect(await failure(copy())).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/does not have .*staging@/),
    });
  });

  it('says that a layer of the source is gone', async () => {
    from.stored.delete(`/v2/staging/blobs/${digestOf(Buffer.from(layer))}`);
    expect(await failure(copy())).toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(digestOf(Buffer.from(layer))),
    });
    expect(to.stored.has('/v2/app/manifests/1')).toBe(false);
  });

  it('fails before it asks if it is interrupted already', async () => {
    const error = await failure(copy(manifest, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'interrupted' });
    expect(from.server.asked).toEqual([]);
  });
});

describe('images of one run', () => {
  const second = JSON.stringify({ config: blob(config), layers: [blob(layer)], annotations: { its: 'own' } });
  const puts = (content: string): string[] =>
    to.asked('PUT').filter((line) => line.includes(`digest=${encodeURIComponent(blob(content).digest)}`));

  it('send the layers that they share once', async () => {
    const memory = runMemory();
    await Promise.all([copyAs('1', manifest, { memory }), copyAs('2', second, { memory })]);
    await copyAs('3', second, { memory });
    expect([puts(layer), puts(config)]).toEqual([[expect.anything()], [expect.anything()]]);
    expect(to.asked('HEAD').filter((line) => line.includes('/blobs/'))).toHaveLength(2);
  });

  it('do not fail with each other', async () => {
    const memory = runMemory();
    const stop = new AbortController();
    to.instead = ({ method, url = '' }) => {
      if (method !== 'PUT' || !url.includes('/blobs/') || stop.signal.aborted) return false;
      setTimeout(() => stop.abort(), 100);
      return true;
    };
    const [first, other] = await Promise.allSettled([
      copy(manifest, { memory, signal: stop.signal }),
      copyAs('2', second, { memory }),
    ]);
    expect(first).toMatchObject({ reason: { code: 'interrupted' } });
    expect(other).toEqual({ status: 'fulfilled', value: digestOf(Buffer.from(second)) });
  });

  it('stop waiting for each other when they are interrupted', async () => {
    const memory = runMemory();
    to.instead = ({ method, url = '' }) => method === 'PUT' && url.includes('/blobs/');
    const [hangs, waits] = [new AbortController(), new AbortController()];
    const first = failure(copy(manifest, { memory, signal: hangs.signal }));
    const waiting = failure(copyAs('2', second, { memory, signal: waits.signal }));
    setTimeout(() => waits.abort(), 200);
    expect(await waiting).toMatchObject({ code: 'interrupted' });
    hangs.abort();
    expect(await first).toMatchObject({ code: 'interrupted' });
  });
});

describe('a registry that answers before it has all of a blob', () => {
  const early = (status: number) => async (): Promise<string> => {
    const server = createServer((request, response) => {
      if (request.method === 'POST') return void response.writeHead(202, { location: '/up' }).end();
      if (request.method !== 'PUT') return void response.writeHead(404).end();
      response.writeHead(status, { connection: 'close' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const digest = from.put('staging', 'manifests', manifest);
    const side = { clock, policy: { tries: 2, request: 2_000 } };
    try {
      const target = `127.0.0.1:${portOf(server)}/app:1`;
      return await copyImage(`${from.address}/staging@${digest}`, target, { source: side, target: side });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  beforeEach(() => {
    // More than the buffers on the way hold.
    from.instead = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.includes(blob(layer).digest)) return false;
      response.writeHead(200).write(layer);
      return true;
    };
  });

  it('is heard if it refuses it', async () => {
    expect(await failure(early(413)())).toMatchObject({
      code: 'push-failed',
      hint: expect.stringContaining('client_max_body_size'),
    });
  });

  it('is not believed if it takes it', async () => {
    const error = await failure(early(201)());
    expect(error.message).toMatch(/answered before it had all of|cannot be reached/);
  });
});

describe('a registry that stands still', () => {
  it('is given up in the middle of a blob', async () => {
    from.instead = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.includes(blob(layer).digest)) return false;
      response.writeHead(200).write('half');
      return true;
    };
    const error = await failure(copy(manifest, { policy: { tries: 2, request: 100 } }));
    expect(error).toMatchObject({
      code: 'registry-failed',
      message: expect.stringContaining(`${from.address} cannot be reached: no answer`),
    });
  });

  it('is given up when it does not answer to an upload, and only that registry', async () => {
    to.instead = ({ method }) => method === 'PUT';
    const memory = runMemory();
    const error = await failure(copy(manifest, { memory }, to, { policy: { tries: 2, request: 100 } }));
    expect(error).toMatchObject({ message: expect.stringContaining(`${to.address} cannot be reached`) });
    expect([...memory.silent.keys()]).toEqual([to.address]);
  });

  it('has as long as it needs if something arrives now and then', async () => {
    from.instead = ({ method, url = '' }, response) => {
      if (method !== 'GET' || !url.includes(blob(layer).digest)) return false;
      const parts = layer.match(/.{1,5000}/g) ?? [];
      const timer = setInterval(() => (parts.length > 0 ? response.write(parts.shift()) : response.end()), 60);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    await copy(manifest, { policy: { tries: 1, request: 500 } });
    expect(to.stored.get('/v2/app/manifests/1')).toBe(manifest);
  });
});

describe('the login for a copy', () => {
  /** Answers with a token, and requires one. */
  const tokens =
    (refuse: (query: URLSearchParams) => boolean = () => false): MemoryRegistry['instead'] =>
    ({ url = '', headers }, response) => {
      if (url.startsWith('/token')) {
        const refused = refuse(new URLSearchParams(url.split('?')[1]));
        response.writeHead(refused ? 403 : 200).end('{"token":"t0k"}');
        return true;
      }
      if (headers.authorization === 'Bearer t0k') return false;
      const realm = `http://${from.address}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
      return true;
    };

  it('is for both repositories of one registry, by one token', async () => {
    from.instead = tokens();
    await copy(manifest, {}, from);
    expect(from.asked('GET').filter((line) => line.includes('/token'))).toEqual([
      'GET /token?service=s&scope=repository%3Aapp%3Apull%2Cpush&scope=repository%3Astaging%3Apull me:hunter2hunter2',
      'GET /token?service=s&scope=repository%3Astaging%3Apull me:hunter2hunter2',
    ]);
    expect(from.stored.get('/v2/app/manifests/1')).toBe(manifest);
  });

  it('is a list of scopes for an identity token', async () => {
    from.instead = tokens();
    await copy(manifest, { credentials: async () => ({ identityToken: 'identity' }) }, from);
    expect(from.asked('POST')[0]).toContain('scope=repository%3Aapp%3Apull%2Cpush+repository%3Astaging%3Apull');
  });

  it('is for the target alone if the server refuses both', async () => {
    from.instead = tokens((query) => query.getAll('scope').length > 1);
    await copy(manifest, {}, from);
    expect(from.stored.get('/v2/app/manifests/1')).toBe(manifest);
  });

  it('is not sent to another origin that takes the upload', async () => {
    to.instead = ({ method, headers, url = '' }, response) => {
      if (!headers.authorization)
        return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
      if (method !== 'POST') return false;
      return Boolean(response.writeHead(202, { location: `http://${stranger.address}${url}?x=1` }).end());
    };
    await copy();
    expect(stranger.asked).toHaveLength(2);
    expect(stranger.asked.join()).not.toMatch(/hunter2|Basic/);
    expect(stranger.asked[0]).toMatch(/^PUT \/v2\/app\/blobs\/uploads\/\?x=1&digest=sha256%3A/);
  });

  it('is not sent to another origin that asks for it', async () => {
    to.instead = ({ method, url = '' }, response) =>
      method === 'POST' && Boolean(response.writeHead(202, { location: `http://${stranger.address}${url}` }).end());
    stranger.handle = (_, response) => response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
    expect(await failure(copy())).toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining('none was sent there'),
    });
    expect(stranger.asked.join()).not.toMatch(/hunter2/);
  });

  it('does not follow an upload that is redirected', async () => {
    to.instead = ({ method, url = '' }, response) =>
      method === 'PUT' && Boolean(response.writeHead(307, { location: `http://${stranger.address}${url}` }).end());
    expect(await failure(copy())).toMatchObject({
      code: 'registry-failed',
      message: expect.stringContaining('redirects PUT to'),
    });
    expect(stranger.asked).toEqual([]);
  });

  it('is not sent to the store that a blob is redirected to', async () => {
    from.instead = ({ method, headers, url = '' }, response) => {
      if (!headers.authorization)
        return Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
      if (method !== 'GET' || !url.includes('/blobs/')) return false;
      return Boolean(response.writeHead(307, { location: `http://${stranger.address}${url}` }).end());
    };
    stranger.handle = ({ url = '' }, response) => response.end(from.stored.get(url));
    await copy();
    expect(stranger.asked.join()).not.toMatch(/hunter2|Basic/);
    expect(to.stored.get('/v2/app/manifests/1')).toBe(manifest);
  });

  it('is asked for again if a token ends before an upload', async () => {
    let valid = 'first';
    let puts = 0;
    to.instead = ({ method, url = '', headers }, response) => {
      if (url.startsWith('/token')) return Boolean(response.end(JSON.stringify({ token: valid })));
      if (method === 'PUT' && puts++ === 0) valid = 'second';
      if (headers.authorization === `Bearer ${valid}`) return false;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${to.address}/token"` }).end();
      return true;
    };
    await copy();
    expect(to.stored.get('/v2/app/manifests/1')).toBe(manifest);
  });
});

describe('registries of two networks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-test-'));
  let secure: SecureServer;

  beforeEach(async () => {
    secure = await secureServer(folder, (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => to.server.handle(request, response, body));
    });
    secure.trustIn(folder);
  });

  afterEach(() => secure.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const home = (): NodeJS.ProcessEnv => ({ HOME: folder, HTTPS_PROXY: `http://me:hunter2hunter2@${secure.proxy}` });
  const push = (): Promise<string> => {
    const digest = from.put('staging', 'manifests', manifest);
    const source: ClientOptions = {
      clock,
      insecure: ['reg.plain:5000'],
      environment: { HTTP_PROXY: `http://${from.address}` },
    };
    return copyImage(`reg.plain:5000/staging@${digest}`, `${secure.name}/app:1`, {
      source,
      target: { clock, environment: home() },
    });
  };

  it('are reached each with its own proxy and certificates', async () => {
    // A proxy gets the complete address.
    from.instead = (request) => {
      request.url = request.url?.replace('http://reg.plain:5000', '');
      return false;
    };
    await push();
    expect(to.stored.get('/v2/app/manifests/1')).toBe(manifest);
    expect(to.stored.get(`/v2/app/blobs/${blob(layer).digest}`)).toBe(layer);
    expect(new Set(secure.tunnels)).toEqual(new Set([`${secure.name} me:hunter2hunter2`]));
    expect(from.asked('GET').every((line) => line.startsWith('GET http://reg.plain:5000/v2/staging/'))).toBe(true);
  });

  it('never leave TLS, as for a registry that does not know of the TLS in front of it', async () => {
    from.instead = (request) => {
      request.url = request.url?.replace('http://reg.plain:5000', '');
      return false;
    };
    to.instead = ({ method }, response) =>
      method === 'POST' && Boolean(response.writeHead(202, { location: `http://${secure.name}/up` }).end());
    const error = await failure(push());
    expect(error).toMatchObject({
      code: 'registry-failed',
      message: expect.stringContaining(`redirects to plain HTTP at ${secure.name}`),
      hint: expect.stringContaining('the reverse proxy in front of'),
    });
  });
});

describe('a refusal of the target', () => {
  it.each([
    ['of the upload', 'POST', 403, 'DENIED', 'unauthorized', /log in to/],
    ['of the upload', 'POST', 404, 'NAME_UNKNOWN', 'not-found', /may have to be created/],
    ['of a blob', 'PUT', 413, 'TOO_LARGE', 'push-failed', /larger than .* takes/],
    ['of a blob', 'PUT', 507, 'UNKNOWN', 'push-failed', /has no room left/],
    ['of the tag', 'PUT /v2/app/manifests', 412, 'TAG_INVALID: immutable', 'push-failed', /exists already/],
  ])('%s: %s %i %s', async (_, what, status, code, expected, hint) => {
    to.instead = ({ method, url = '' }, response) =>
      `${method} ${url}`.startsWith(what) &&
      Boolean(response.writeHead(status).end(JSON.stringify({ errors: [{ code }] })));
    expect(await failure(copy())).toMatchObject({
      code: expected,
      message: expect.stringContaining(`${to.address}/app:1 was not pushed: ${status}`),
      hint: expect.stringMatching(hint),
    });
  });
});
