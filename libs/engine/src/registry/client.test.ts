import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../process/retry.ts';
import { manifestDigest } from './client.ts';

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

  it('computes the digest where the registry does not name it', async () => {
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

  it.each([401, 403])('does not ask again after %i', async (status) => {
    handle = (_, response) => answer(response, status, { 'www-authenticate': 'Basic realm="x"' });
    const error: unknown = await manifestDigest(`${registry}/x`, credentials, { clock }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'unauthorized', hint: expect.stringContaining(registry) });
    expect(JSON.stringify(error) + String(error)).not.toContain('pass:word');
    expect(waits).toEqual([]);
  });

  it('asks again after 5xx and 429, as late as it is told', async () => {
    const statuses: [number, Record<string, string>][] = [
      [503, {}],
      [429, { 'retry-after': '7' }],
    ];
    handle = (_, response) => answer(response, ...(statuses.shift() ?? [200, { 'docker-content-digest': digest }]));
    expect(await manifestDigest(`${registry}/x`, undefined, { clock })).toBe(digest);
    expect(waits).toEqual([250, 7_000]);
  });

  it('asks again after a reset', async () => {
    let count = 0;
    handle = (request, response) =>
      count++ === 0 ? void request.socket.destroy() : answer(response, 200, { 'docker-content-digest': digest });
    expect(await manifestDigest(`${registry}/x`, undefined, { clock })).toBe(digest);
  });

  it('gives up on a registry that stays broken', async () => {
    handle = (_, response) => answer(response, 500, {}, 'boom');
    await expect(manifestDigest(`${registry}/x`, undefined, { clock })).rejects.toMatchObject({
      kind: 'registry',
      message: `${registry} was asked for ${registry}/x: 500 Internal Server Error`,
    });
    expect(asked).toHaveLength(5);
  });

  it('says which registry is not there', async () => {
    await expect(manifestDigest('127.0.0.1:1/x', undefined, { clock })).rejects.toMatchObject({
      kind: 'registry',
      message: expect.stringContaining('127.0.0.1:1 cannot be reached'),
      hint: 'Is the registry running?',
    });
  });
});
