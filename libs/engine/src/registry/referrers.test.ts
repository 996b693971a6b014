import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { referrers } from './referrers.ts';

/** A registry that keeps blobs and manifests of one repository in memory, with or without the referrers API. */
class MemoryRegistry {
  readonly manifests = new Map<string, { type: string; body: Buffer }>();
  readonly blobs = new Map<string, Buffer>();
  readonly #server: Server;
  repository = '';

  constructor(hasApi: boolean) {
    this.#server = createServer(async (request, response) => {
      const body = await bytesOf(request);
      const url = new URL(request.url ?? '', 'http://localhost');
      const [, kind = '', name = ''] = /^\/v2\/app\/(\w+)\/(.*)$/.exec(url.pathname) ?? [];
      const send = (status: number, headers: Record<string, string> = {}, content: Buffer | string = ''): void =>
        void response.writeHead(status, headers).end(content);
      if (kind === 'referrers') {
        if (!hasApi) return send(404);
        const entries = [...this.manifests.values()].flatMap(({ type, body: text }) => {
          const { subject, artifactType, annotations } = JSON.parse(String(text)) as Record<string, never>;
          const digest = digestOf(text);
          const isOf = (subject as { digest?: string } | undefined)?.digest === name;
          return isOf ? [{ mediaType: type, digest, size: text.length, artifactType, annotations }] : [];
        });
        return send(200, {}, JSON.stringify({ schemaVersion: 2, manifests: entries }));
      }
      if (kind === 'blobs' && request.method === 'POST') return send(202, { location: '/v2/app/blobs/uploads/1?x=y' });
      if (kind === 'blobs' && request.method === 'PUT') {
        this.blobs.set(url.searchParams.get('digest')!, body);
        return send(201);
      }
      if (kind === 'blobs') {
        const blob = this.blobs.get(name);
        return blob ? send(200, {}, request.method === 'HEAD' ? '' : blob) : send(404);
      }
      if (request.method === 'PUT') {
        const type = String(request.headers['content-type']);
        for (const key of new Set([name, digestOf(body)])) this.manifests.set(key, { type, body });
        const { subject } = JSON.parse(String(body)) as { subject?: { digest: string } };
        return send(201, hasApi && subject ? { 'oci-subject': subject.digest } : {});
      }
      const found = this.manifests.get(name);
      return found ? send(200, { 'content-type': found.type }, found.body) : send(404);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.repository = `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/app`;
    return this;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function digestOf(body: Buffer): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

const subject = {
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: `sha256:${'a'.repeat(64)}`,
  size: 3,
};
const other = `sha256:${'b'.repeat(64)}`;
const type = 'application/vnd.example.v1+json';

describe.each([true, false])('a registry whose referrers API is %s', (hasApi) => {
  let registry: MemoryRegistry;
  beforeAll(async () => (registry = await new MemoryRegistry(hasApi).listen()));
  afterAll(() => registry.close());

  it('finds an artifact by its subject, type and annotations, and no other', async () => {
    const client = referrers();
    const { repository } = registry;
    for (const tests of ['one', 'two']) {
      await client.add(repository, subject, { type, annotations: { tests }, content: Buffer.from(`of ${tests}`) });
    }
    const find = async (digest: string, kind: string, tests: string): Promise<string | undefined> =>
      (await client.find(repository, digest, { type: kind, annotations: { tests } }))?.toString();
    expect(await find(subject.digest, type, 'one')).toBe('of one');
    expect(await find(subject.digest, type, 'two')).toBe('of two');
    expect(await find(subject.digest, type, 'three')).toBeUndefined();
    expect(await find(subject.digest, `${type}x`, 'one')).toBeUndefined();
    expect(await find(other, type, 'one')).toBeUndefined();
    expect(registry.manifests.has(`sha256-${'a'.repeat(64)}`)).toBe(!hasApi);
  });

  it('does not believe content that is not what its digest says', async () => {
    for (const [digest, blob] of registry.blobs)
      if (String(blob) === 'of one') registry.blobs.set(digest, Buffer.from('lie'));
    const found = await referrers().find(registry.repository, subject.digest, { type, annotations: { tests: 'one' } });
    expect(found).toBeUndefined();
  });

  it.each(['[]', '{"manifests": 1}', '{"manifests": [null, {"digest": "x"}]}', 'not JSON'])(
    'is not confused by %s in the place of a list',
    async (text) => {
      if (hasApi) return;
      registry.manifests.set(`sha256-${'b'.repeat(64)}`, {
        type: 'application/vnd.oci.image.index.v1+json',
        body: Buffer.from(text),
      });
      expect(await referrers().find(registry.repository, other, { type, annotations: {} })).toBeUndefined();
    },
  );
});
