import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineError } from '../errors.ts';
import type { Clock } from '../process/clock.ts';
import { ownRegistry, type OwnRegistry } from '../testing/own-registry.ts';
import { portOf } from '../testing/port.ts';
import {
  getBlob,
  getManifest,
  imageType,
  putBlob,
  putImage,
  putManifest,
  type Stored,
} from '../testing/registry-content.ts';
import { refuses, requests, resets, times, truncates } from '../testing/registry-faults.ts';
import { registryProxy, wantsLogin, type Intercept, type RegistryProxy } from '../testing/registry-proxy.ts';
import { copyImage, type CopyOptions } from './copy.ts';
import type { ClientOptions } from './transport.ts';

/** Layers of one image; none is a part of another. */
const layers = ['one', 'two', 'three', 'four', 'five', 'six'].map((word) => word.repeat(20_000));
const waits: number[] = [];
const notes: string[] = [];
const clock: Clock = {
  now: () => performance.now(),
  random: () => 0,
  sleep: async (wait) => void waits.push(wait),
};

let one: OwnRegistry;
let other: OwnRegistry;
/** In front of `one`, and of `other`. */
let source: RegistryProxy;
let target: RegistryProxy;
let count = 0;
/** In `one`, through its proxy. */
let staged: string;
let image: Stored;

beforeAll(async () => {
  [one, other] = await Promise.all([ownRegistry(), ownRegistry()]);
});

afterAll(async () => {
  await Promise.all([one.stop(), other.stop()]);
});

beforeEach(async () => {
  [waits.length, notes.length] = [0, 0];
  [source, target] = await Promise.all([registryProxy(one.address), registryProxy(other.address)]);
  count += 1;
  image = await putImage(
    `${one.address}/staging-${count}`,
    layers.map((layer) => `${layer}${count}`),
    '1',
  );
  staged = `${source.address}/staging-${count}@${image.digest}`;
});

afterEach(() => {
  source.close();
  target.close();
});

const app = (): string => `app-${count}`;
const copy = (
  to: string,
  options: Partial<CopyOptions> & { policy?: ClientOptions['policy'] } = {},
): Promise<string> => {
  const { policy } = options;
  const side = { clock, policy };
  return copyImage(staged, to, { source: side, target: side, onNote: (line) => notes.push(line), ...options });
};
const failure = (result: Promise<unknown>): Promise<EngineError> =>
  result.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: EngineError) => error,
  );
const asked = (proxy: RegistryProxy, words: RegExp): string[] => proxy.requests.filter((line) => words.test(line));
const uploads = (proxy: RegistryProxy): string[] => asked(proxy, /^PUT .*\/blobs\//);

/** What a client sees. */
async function expectWhole(registry: OwnRegistry, tag = '1'): Promise<void> {
  const [there, here] = [`${one.address}/staging-${count}`, `${registry.address}/${app()}`];
  expect(await getManifest(here, tag)).toBe(await getManifest(there, image.digest));
  const { config, layers: parts }: { config: Stored; layers: Stored[] } = JSON.parse(await getManifest(here, tag));
  for (const { digest } of [config, ...parts]) expect(await getBlob(here, digest)).toBe(await getBlob(there, digest));
}

describe('in one registry', () => {
  it('mounts every blob', async () => {
    expect(await copy(`${source.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(one);
    expect(asked(source, /^POST .*mount=sha256%3A\w+&from=staging-/)).toHaveLength(7);
    expect(asked(source, /^GET .*\/blobs\//)).toEqual([]);
    expect(uploads(source)).toEqual([]);
  });

  it('sends the blobs if the registry mounts none', async () => {
    source.mounts = false;
    expect(await copy(`${source.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(one);
    expect(uploads(source)).toHaveLength(7);
    // The upload that each mount became is used.
    expect(asked(source, /^POST/)).toHaveLength(7);
  });

  it('sends the blobs if the registry refuses to mount', async () => {
    source.intercept = refuses(({ url = '' }) => url.includes('mount='), 403);
    expect(await copy(`${source.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(one);
    expect(asked(source, /mount=/).length).toBeLessThanOrEqual(4);
  });

  it('gives the image another tag of the same repository', async () => {
    const repository = `staging-${count}`;
    expect(await copy(`${source.address}/${repository}:2`)).toBe(image.digest);
    expect(await getManifest(`${one.address}/${repository}`, '2')).toBe(
      await getManifest(`${one.address}/${repository}`, '1'),
    );
    expect(asked(source, /\/blobs\//)).toEqual([]);
  });
});

describe('between registries', () => {
  it('sends every blob once', async () => {
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(other);
    expect(uploads(target)).toHaveLength(7);
    expect(asked(target, /mount=/)).toEqual([]);
    expect(asked(source, /^(?:PUT|POST)/)).toEqual([]);
    expect(notes).toEqual([]);
  });

  it('sends nothing to a tag that is up to date, and asks one question', async () => {
    await copy(`${target.address}/${app()}:1`);
    [source.requests.length, target.requests.length] = [0, 0];
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    expect([...source.requests, ...target.requests]).toEqual([`HEAD /v2/${app()}/manifests/1`]);
  });

  it('sends no blob for another tag of the image', async () => {
    await copy(`${target.address}/${app()}:1`);
    target.requests.length = 0;
    expect(await copy(`${target.address}/${app()}:2`)).toBe(image.digest);
    expect(asked(target, /\/blobs\//)).toEqual([]);
    await expectWhole(other, '2');
  });

  it('sends only the layers that another image does not have', async () => {
    await copy(`${target.address}/${app()}:1`);
    const next = await putImage(`${one.address}/staging-${count}`, [`${layers[0]}${count}`, `new${count}`]);
    target.requests.length = 0;
    const from = `${source.address}/staging-${count}@${next.digest}`;
    const side = { clock };
    await copyImage(from, `${target.address}/${app()}:2`, { source: side, target: side });
    expect(uploads(target)).toHaveLength(2);
  });

  it('uses the login of each', async () => {
    source.intercept = wantsLogin('reader', 'reads');
    target.intercept = wantsLogin('writer', 'writes');
    const login = (user: string, password: string): ClientOptions => ({
      clock,
      credentials: async () => ({ user, password }),
    });
    const options = { source: login('reader', 'reads'), target: login('writer', 'writes') };
    expect(await copy(`${target.address}/${app()}:1`, options)).toBe(image.digest);
    await expectWhole(other);
    const wrong = { ...options, target: login('writer', 'guesses') };
    const error = await failure(copy(`${target.address}/${app()}:2`, wrong));
    expect(error).toMatchObject({ code: 'unauthorized' });
    expect(error.message + error.hint + error.output).not.toMatch(/guesses|reads/);
  });
});

describe('an index', () => {
  it('is copied with its platforms and attestations', async () => {
    const repository = `${one.address}/staging-${count}`;
    const put = (name: string): Promise<Stored> => putImage(repository, ['shared', `${name}${count}`]);
    const [amd64, arm64, attestation] = [await put('amd64'), await put('arm64'), await put('attestation')];
    const unknown = { architecture: 'unknown', os: 'unknown' };
    image = await putManifest(repository, {
      manifests: [
        { ...amd64, platform: { architecture: 'amd64', os: 'linux' } },
        { ...arm64, platform: { architecture: 'arm64', os: 'linux' } },
        { ...attestation, platform: unknown, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      ],
    });
    staged = `${source.address}/staging-${count}@${image.digest}`;
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    const here = `${other.address}/${app()}`;
    expect(await getManifest(here, '1')).toBe(await getManifest(repository, image.digest));
    for (const { digest } of [amd64, arm64, attestation]) {
      expect(await getManifest(here, digest)).toBe(await getManifest(repository, digest));
    }
    // A layer of all three, one of each, and three configurations.
    expect(uploads(target)).toHaveLength(7);
    expect(await getBlob(here, (await putBlob(repository, 'shared')).digest)).toBe('shared');
  });
});

describe('a large layer', () => {
  const size = 300 * 1024 * 1024;
  const folder = mkdtempSync(join(tmpdir(), 'copy-test-'));
  const file = join(folder, 'zeros');
  let server: Server;

  afterEach(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A registry with one image, whose layer is a sparse file. */
  async function serveZeros(): Promise<string> {
    writeFileSync(file, '');
    truncateSync(file, size);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file)) hash.update(chunk);
    const digest = `sha256:${hash.digest('hex')}`;
    const config = await putBlob(`${one.address}/staging-${count}`, '{}');
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: imageType,
      config,
      layers: [{ ...config, digest, size }],
    });
    server = createServer(({ url = '' }, response) => {
      if (url.endsWith(digest)) createReadStream(file).pipe(response);
      else if (url.includes('/blobs/')) response.end('{}');
      else response.writeHead(200, { 'content-type': imageType }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const name = `sha256:${createHash('sha256').update(body).digest('hex')}`;
    return `127.0.0.1:${portOf(server)}/big@${name}`;
  }

  it('is not kept in memory', async () => {
    const from = await serveZeros();
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
    const copied = copyImage(from, `${other.address}/${app()}:1`, { source: {}, target: {} });
    await copied.finally(() => clearInterval(timer));
    expect((most - before) / 1024 ** 2).toBeLessThan(150);
    const {
      layers: [layer],
    } = JSON.parse(await getManifest(`${other.address}/${app()}`, '1'));
    const head = await fetch(`http://${other.address}/v2/${app()}/blobs/${layer.digest}`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(size));
  });
});

describe('an interrupted copy', () => {
  it('goes on where it was', async () => {
    const stop = new AbortController();
    target.intercept = ({ method, url = '' }) => {
      if (method === 'PUT' && url.includes('/blobs/') && uploads(target).length === 6) stop.abort();
      return false;
    };
    const error = await failure(copy(`${target.address}/${app()}:1`, { signal: stop.signal }));
    expect(error).toMatchObject({ code: 'interrupted' });
    expect(await getManifest(`${other.address}/${app()}`, '1')).toBe('');
    target.requests.length = 0;
    target.intercept = () => false;
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    expect(uploads(target).length).toBeLessThanOrEqual(5);
    await expectWhole(other);
  });
});

describe('a fault that passes', () => {
  const blobs = requests('GET', 'blobs');
  const puts = requests('PUT', 'blobs');
  const flipped: Intercept = (incoming, _response, pass) => {
    if (!blobs(incoming)) return false;
    pass((answer, response) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk: Buffer) => response.write(chunk.map((byte) => byte ^ 1)));
      answer.on('end', () => response.end());
    });
    return true;
  };
  const cases: [name: string, where: 'source' | 'target', fault: Intercept][] = [
    ['500 for a blob', 'source', refuses(blobs, 500)],
    ['500 for the manifest', 'source', refuses(requests('GET', 'manifests'), 500)],
    ['429 for a blob', 'source', refuses(blobs, 429, { 'retry-after': '7' })],
    ['reset for a blob', 'source', resets(blobs)],
    ['half of a blob', 'source', truncates(blobs)],
    ['other bytes for a blob', 'source', flipped],
    ['500 for an upload', 'target', refuses(puts, 500)],
    ['500 for the start of an upload', 'target', refuses(requests('POST', 'blobs'), 500)],
    ['500 for a question', 'target', refuses(requests('HEAD', 'blobs'), 503)],
    ['500 for the manifest', 'target', refuses(requests('PUT', 'manifests'), 500)],
    ['429 for an upload', 'target', refuses(puts, 429, { 'retry-after': '7' })],
    ['reset for an upload', 'target', resets(puts)],
  ];

  it.each(cases)('%s (%s)', async (name, where, fault) => {
    (where === 'source' ? source : target).intercept = times(1, fault);
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(other);
    expect(notes).toHaveLength(1);
    expect(waits).toEqual([name.startsWith('429') ? 7_000 : 250]);
  });

  it('an answer to an upload that is lost, however often', async () => {
    target.intercept = truncates(puts);
    expect(await copy(`${target.address}/${app()}:1`)).toBe(image.digest);
    await expectWhole(other);
    expect(uploads(target)).toHaveLength(7);
  });

  it.each(cases)('%s (%s), always', async (_, where, fault) => {
    (where === 'source' ? source : target).intercept = fault;
    const error = await failure(copy(`${target.address}/${app()}:1`));
    expect(error.code).toMatch(/^(?:push|registry)-failed$/);
    expect(error.message).toContain('(5 tries)');
    expect(await getManifest(`${other.address}/${app()}`, '1')).toBe('');
  });
});

describe('a registry that is killed', () => {
  it.each([
    ['source', () => one],
    ['target', () => other],
  ])('in mid-copy and comes back: %s', async (where, which) => {
    let killed: Promise<void> | undefined;
    const kills: Intercept = ({ method, url = '' }) => {
      if (killed || method !== (where === 'source' ? 'GET' : 'PUT') || !url.includes('/blobs/')) return false;
      killed = which()
        .kill()
        .then(() => which().start());
      return false;
    };
    (where === 'source' ? source : target).intercept = kills;
    const side: ClientOptions = { policy: { tries: 10 } };
    const copied = copyImage(staged, `${target.address}/${app()}:1`, { source: side, target: side });
    await copied.finally(() => killed);
    expect(killed).toBeDefined();
    await expectWhole(other);
  });
});

describe('at the same time', () => {
  it('copies reach one tag of a repository, and others, whole', async () => {
    const tags = ['1', '1', '2', '3'];
    const copies = tags.map((tag) => copy(`${target.address}/${app()}:${tag}`));
    expect(new Set(await Promise.all(copies))).toEqual(new Set([image.digest]));
    for (const tag of tags) await expectWhole(other, tag);
  });
});
