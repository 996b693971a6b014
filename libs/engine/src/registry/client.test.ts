import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../process/clock.ts';
import { manifestDigest, registryClient } from './client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const digest = `sha256:${'a'.repeat(64)}`;
const credentials = { user: 'me', password: 'pass:word' };
const basic = `Basic ${Buffer.from('me:pass:word').toString('base64')}`;

let server: Server;
let registry: string;
let handle: Handler;
let asked: string[];
let waits: number[];
const clock: Clock = { now: () => 0, random: () => 0, sleep: async (wait) => void waits.push(wait) };

beforeEach(async () => {
  asked = [];
  waits = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const answer = (response: ServerResponse, status: number, headers: Record<string, string> = {}, body = ''): void =>
  void response.writeHead(status, headers).end(body);

describe('manifestDigest', () => {
  it('asks for all four kinds of manifest and returns the digest', async () => {
    let accept: string | undefined;
    handle = (request, response) => {
      accept = request.headers.accept;
      answer(response, 200, { 'docker-content-digest': digest });
    };
    expect(await manifestDigest(`${registry}/team/x:1`)).toBe(digest);
    expect(asked).toEqual(['HEAD /v2/team/x/manifests/1']);
    expect(accept?.split(', ')).toHaveLength(4);
  });

  it.each([
    ['x', '/v2/x/manifests/latest'],
    [`x@${digest}`, `/v2/x/manifests/${digest}`],
    [`x:1@${digest}`, `/v2/x/manifests/${digest}`],
  ])('asks for %s under %s', async (name, path) => {
    handle = (_, response) => answer(response, 200, { 'docker-content-digest': digest });
    await manifestDigest(`${registry}/${name}`);
    expect(asked).toEqual([`HEAD ${path}`]);
  });

  it('computes the digest if the registry does not send it', async () => {
    handle = (_, response) => answer(response, 200, {}, '{}');
    expect(await manifestDigest(`${registry}/x`)).toMatch(/^sha256:44136fa355b3678a/);
  });

  it('is undefined when there is none', async () => {
    handle = (_, response) => answer(response, 404);
    expect(await manifestDigest(`${registry}/x`)).toBeUndefined();
    expect(asked).toHaveLength(1);
  });

  it('logs in with Basic when asked to', async () => {
    handle = (request, response) =>
      request.headers.authorization === basic
        ? answer(response, 200, { 'docker-content-digest': digest })
        : answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
    expect(await manifestDigest(`${registry}/x`, credentials)).toBe(digest);
  });

  it('fetches a token when asked to', async () => {
    handle = (request, response) => {
      if (request.url?.startsWith('/token')) {
        return answer(response, request.headers.authorization === basic ? 200 : 401, {}, '{"token":"t0k"}');
      }
      const challenge = `Bearer realm="http://${registry}/token",service="reg",scope="repository:x:pull"`;
      return request.headers.authorization === 'Bearer t0k'
        ? answer(response, 200, { 'docker-content-digest': digest })
        : answer(response, 401, { 'www-authenticate': challenge });
    };
    expect(await manifestDigest(`${registry}/x`, credentials)).toBe(digest);
    expect(asked[1]).toBe('GET /token?service=reg&scope=repository%3Ax%3Apull');
  });

  it.each([401, 403])('does not retry after %i', async (status) => {
    handle = (_, response) => answer(response, status, { 'www-authenticate': 'Basic realm="x"' });
    const error: unknown = await manifestDigest(`${registry}/x`, credentials, { clock }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining(registry) });
    expect(JSON.stringify(error) + String(error)).not.toContain('pass:word');
    expect(waits).toEqual([]);
  });

  it('retries after 5xx and 429, after the requested wait', async () => {
    const statuses: [number, Record<string, string>][] = [
      [503, {}],
      [429, { 'retry-after': '7' }],
    ];
    handle = (_, response) => answer(response, ...(statuses.shift() ?? [200, { 'docker-content-digest': digest }]));
    expect(await manifestDigest(`${registry}/x`, undefined, { clock })).toBe(digest);
    expect(waits).toEqual([250, 7_000]);
  });

  it('retries after a reset', async () => {
    let count = 0;
    handle = (request, response) =>
      count++ === 0 ? void request.socket.destroy() : answer(response, 200, { 'docker-content-digest': digest });
    expect(await manifestDigest(`${registry}/x`, undefined, { clock })).toBe(digest);
  });

  it('gives up on a registry that always fails', async () => {
    handle = (_, response) => answer(response, 500, {}, 'boom');
    await expect(manifestDigest(`${registry}/x`, undefined, { clock })).rejects.toMatchObject({
      code: 'registry-failed',
      message: `${registry} was asked for ${registry}/x: 500 Internal Server Error (5 tries)`,
    });
    expect(asked).toHaveLength(5);
  });

  it('reports a registry that does not answer', async () => {
    await expect(manifestDigest('127.0.0.1:1/x', undefined, { clock })).rejects.toMatchObject({
      code: 'registry-failed',
      message: expect.stringContaining('127.0.0.1:1 cannot be reached'),
      hint: 'is the registry running?',
    });
  });
});

describe('registryClient', () => {
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const indexType = 'application/vnd.oci.image.index.v1+json';
  const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const config = (buildId: string): string => JSON.stringify({ config: { Labels: { id: buildId } } });
  const manifestFor = (text: string): string => JSON.stringify({ mediaType: type, config: { digest: digestOf(text) } });

  let stored: Map<string, string>;
  let tags: Map<string, string>;

  /** An in-memory registry. */
  const registryInMemory: Handler = (request, response) => {
    const [, kind, name = ''] = /\/v2\/x\/(manifests|blobs)\/(.*)/.exec(request.url ?? '') ?? [];
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        tags.set(name, text);
        answer(response, 201);
      });
      return;
    }
    const text = stored.get(name) ?? tags.get(name);
    if (!text) return answer(response, 404);
    const headers: Record<string, string> =
      kind === 'manifests' ? { 'content-type': type, 'docker-content-digest': digestOf(text) } : {};
    answer(response, 200, headers, request.method === 'HEAD' ? undefined : text);
  };

  beforeEach(() => {
    stored = new Map();
    tags = new Map();
    handle = registryInMemory;
  });

  function keep(text: string): string {
    stored.set(digestOf(text), text);
    return digestOf(text);
  }

  it('moves a tag without changing the manifest, and reads a label of the image', async () => {
    const text = manifestFor(config('one'));
    keep(config('one'));
    tags.set('1', text);
    const client = registryClient({ clock });
    const found = (await client.manifest(`${registry}/x:1`))!;
    expect(found).toEqual({ digest: digestOf(text), mediaType: type, body: Buffer.from(text) });
    expect(await client.label(`${registry}/x:1`, found, 'id')).toEqual(['one']);
    await client.put(`${registry}/x:latest`, found);
    expect(tags.get('latest')).toBe(text);
  });

  it('reads the labels of all platforms of an index, without attestations', async () => {
    const platforms = ['one', 'two'].map((id) => {
      keep(config(id));
      return { digest: keep(manifestFor(config(id))), platform: { os: 'linux' } };
    });
    const attestation = { digest: keep(manifestFor('{}')), platform: { os: 'unknown' } };
    tags.set('1', JSON.stringify({ mediaType: indexType, manifests: [...platforms, attestation] }));
    const client = registryClient({ clock });
    const found = (await client.manifest(`${registry}/x:1`))!;
    expect(await client.label(`${registry}/x:1`, found, 'id')).toEqual(['one', 'two']);
  });

  it('retries an answer that was cut short, or does not match its digest', async () => {
    const text = manifestFor(config('one'));
    tags.set('1', text);
    const faults: Handler[] = [
      (_, response) => {
        response.writeHead(200, { 'content-length': '500', 'docker-content-digest': digestOf(text) });
        response.write(text.slice(0, 10), () => response.destroy());
      },
      (_, response) => answer(response, 200, { 'docker-content-digest': digestOf(text) }, text.slice(0, 10)),
    ];
    handle = (request, response) => (faults.shift() ?? registryInMemory)(request, response);
    expect((await registryClient({ clock }).manifest(`${registry}/x:1`))?.digest).toBe(digestOf(text));
    expect(waits).toHaveLength(2);
  });

  it('retries if there is no answer', async () => {
    let count = 0;
    handle = (request, response) => (count++ === 0 ? undefined : registryInMemory(request, response));
    tags.set('1', '{}');
    const notes: string[] = [];
    const client = registryClient({ clock, policy: { request: 200 }, onNote: (line) => notes.push(line) });
    expect(await client.digest(`${registry}/x:1`)).toBe(digestOf('{}'));
    expect(notes).toEqual([expect.stringContaining('no answer within 1 s; try 2 of 5')]);
  });

  it('accepts a PUT whose answer was lost if the registry has the manifest', async () => {
    handle = (request, response) => {
      if (request.method === 'PUT') request.on('end', () => request.socket.destroy());
      registryInMemory(request, request.method === 'PUT' ? fakeResponse : response);
    };
    const fakeResponse = { writeHead: () => ({ end: () => undefined }) } as unknown as ServerResponse;
    const body = Buffer.from('{}');
    await registryClient({ clock }).put(`${registry}/x:latest`, {
      digest: digestOf('{}'),
      mediaType: type,
      body,
    });
    expect(tags.get('latest')).toBe('{}');
  });

  it.each([
    [403, 'DENIED', { code: 'unauthorized', hint: expect.stringContaining('push to the repository') }],
    [404, 'NAME_UNKNOWN', { code: 'not-found' }],
    [400, 'TAG_INVALID', { code: 'registry-failed', message: expect.stringContaining('TAG_INVALID: it cannot be') }],
  ])('does not retry after an answer of %i', async (status, code, expected) => {
    handle = (_, response) => answer(response, status, {}, `{"errors":[{"code":"${code}","message":"it cannot be"}]}`);
    const manifest = { digest: digestOf('{}'), mediaType: type, body: Buffer.from('{}') };
    await expect(registryClient({ clock }).put(`${registry}/x:latest`, manifest)).rejects.toMatchObject(expected);
    expect(asked).toHaveLength(1);
  });

  describe('with a token server', () => {
    let tokens: string[];
    const login = async () => credentials;

    /** Issues a token for the requested scope, which the registry accepts for only that. */
    beforeEach(() => {
      tokens = [];
      handle = (request, response) => {
        if (request.url?.startsWith('/token')) return giveToken(request, response);
        const scope = request.method === 'PUT' ? 'repository:x:pull,push' : 'repository:x:pull';
        if (request.headers.authorization === `Bearer ${scope}`) return registryInMemory(request, response);
        const challenge = `Bearer realm="http://${registry}/token",service="reg",scope="${scope}"`;
        request.resume();
        answer(response, 401, { 'www-authenticate': `Basic realm="old", ${challenge}` });
      };
      tags.set('1', '{}');
    });

    const giveToken: Handler = (request, response) => {
      const url = new URL(request.url ?? '', `http://${registry}`);
      let form = '';
      request.on('data', (chunk: Buffer) => (form += chunk.toString()));
      request.on('end', () => {
        tokens.push(`${request.method} ${request.headers.authorization ?? form}`);
        const scope = url.searchParams.get('scope') ?? new URLSearchParams(form).get('scope');
        answer(response, 200, {}, JSON.stringify({ access_token: scope }));
      });
    };

    it('reuses a token, and fetches another if it is not sufficient', async () => {
      const client = registryClient({ clock, credentials: login });
      const found = (await client.manifest(`${registry}/x:1`))!;
      await client.digest(`${registry}/x:1`);
      expect(tokens).toEqual([`GET ${basic}`]);
      await client.put(`${registry}/x:latest`, found);
      expect(tokens[1]).toBe(`GET ${basic}`);
      expect(tags.get('latest')).toBe('{}');
    });

    it('requests a token anonymously without a login', async () => {
      await registryClient({ clock }).digest(`${registry}/x:1`);
      expect(tokens).toEqual(['GET ']);
    });

    it('exchanges the identity token of an earlier login', async () => {
      const identity = async () => ({ identityToken: 'kept' });
      await registryClient({ clock, credentials: identity }).digest(`${registry}/x:1`);
      expect(tokens[0]).toMatch(/^POST .*grant_type=refresh_token.*refresh_token=kept.*service=reg/);
    });
  });

  it('logs in as a user whose name has a dollar sign', async () => {
    const expected = `Basic ${Buffer.from('$oauthtoken:key').toString('base64')}`;
    tags.set('1', '{}');
    handle = (request, response) =>
      request.headers.authorization === expected
        ? registryInMemory(request, response)
        : answer(response, 401, { 'www-authenticate': 'Basic realm="x"' });
    const login = async () => ({ user: '$oauthtoken', password: 'key' });
    expect(await registryClient({ clock, credentials: login }).digest(`${registry}/x:1`)).toBe(digestOf('{}'));
  });

  it('uses plain HTTP for a remote registry only on request', async () => {
    tags.set('1', '{}');
    // A loopback address that counts as a remote one.
    const elsewhere = registry.replace('127.0.0.1', '0.0.0.0');
    expect(await registryClient({ clock, insecure: [elsewhere] }).digest(`${elsewhere}/x:1`)).toBe(digestOf('{}'));
    await expect(registryClient({ clock }).digest(`${elsewhere}/x:1`)).rejects.toMatchObject({
      code: 'registry-failed',
      hint: expect.stringContaining('insecureRegistries'),
    });
    expect(waits).toEqual([]);
  });
});
