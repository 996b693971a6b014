import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { BUILD_ID_LABEL, registryClient } from '@nx-image-matrix/engine';
import { loopbackServer, type LoopbackServer } from '../../../engine/src/testing/loopback.ts';
import { putBlob, putManifest } from '../../../engine/src/testing/registry-content.ts';
import { distrustedServer } from '../../../engine/src/testing/secure-server.ts';
import { refuses, resets, times, type Concerned } from '../../../engine/src/testing/registry-faults.ts';
import { wantsLogin, type Intercept } from '../../../engine/src/testing/registry-proxy.ts';
import { PARENTS_LABEL } from '../../src/staging/parents-label.ts';
import { StagedPair, types, type Done, type PairType } from '../support/staged-pair.ts';
import { markdownTable } from '../support/table.ts';

const pair = new StagedPair();
let stranger: LoopbackServer;
const rows: string[][] = [];

beforeAll(async () => {
  await pair.start();
  stranger = await loopbackServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end());
});
afterAll(async () => {
  console.log(markdownTable(['fault', 'push', 'fresh machine', 'edited child'], rows));
  stranger.close();
  await pair.stop();
});
afterEach(() => (pair.proxy.intercept = () => false));

const all: Concerned = () => true;
const isWrite: Concerned = ({ method }) => method !== 'HEAD' && method !== 'GET';
const byDigest: Concerned = ({ url = '' }) => url.includes('/manifests/sha256:');
const isRead: Concerned = (incoming) => !isWrite(incoming);
const both =
  (...each: Concerned[]): Concerned =>
  (incoming) =>
    each.every((concerned) => concerned(incoming));
const login = { 'www-authenticate': 'Basic realm="registry"' };

/** Answers after some time. */
function slow(milliseconds: number): Intercept {
  return (_incoming, _response, pass) => {
    void sleep(milliseconds).then(() => pass());
    return true;
  };
}

/** Closes every connection after some requests. */
function gone(after: number): Intercept {
  let left = after;
  return (incoming) => {
    left -= 1;
    if (left < 0) incoming.socket.resetAndDestroy();
    return left < 0;
  };
}

/** A tag with something of this type that is not what its digest says; what is put there later is kept. */
function holds(content: string, type: string): () => Intercept {
  return () => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const replaced = new Set<string>();
    return (incoming, response) => {
      const { method, url = '' } = incoming;
      const [, name = ''] = /\/manifests\/([^/]+)$/.exec(url) ?? [];
      if (method === 'PUT') replaced.add(name);
      const isTag = name !== '' && !name.startsWith('sha256:') && !replaced.has(name);
      if (isWrite(incoming) || !(isTag || name === digest)) return false;
      response.writeHead(200, {
        'content-type': type,
        'docker-content-digest': digest,
        'content-length': Buffer.byteLength(content),
      });
      response.end(method === 'HEAD' ? undefined : content);
      return true;
    };
  };
}

/** A token server that lets everybody read, and nobody write. */
function anonymous(): Intercept {
  return (incoming, response) => {
    const { url = '', headers, method } = incoming;
    if (url.startsWith('/token')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"token":"anonymous"}');
      return true;
    }
    const mayPass = headers.authorization === 'Bearer anonymous' && !isWrite(incoming);
    if (mayPass) return false;
    const challenge = `Bearer realm="http://${pair.proxy.address}/token",service="test"`;
    incoming.resume().on('end', () => {
      response.writeHead(401, { 'www-authenticate': challenge, 'content-type': 'application/json' });
      response.end(method === 'HEAD' ? undefined : '{"errors":[{"code":"DENIED","message":"access denied"}]}');
    });
    return true;
  };
}

interface Descriptor {
  mediaType: string;
  digest: string;
}

interface ImageParts {
  config: Descriptor;
  layers: Descriptor[];
}

/** Gives both tags other manifests, the parent's first, before the run. */
const inPlaceOf =
  (make: (image: ImageParts, type: PairType) => Promise<object>, after: () => Intercept = () => () => false) =>
  async (): Promise<Intercept> => {
    for (const type of types) {
      const reference = pair.tagOf(type);
      const found = await registryClient().manifest(reference);
      const { config, layers } = JSON.parse(found!.body.toString()) as ImageParts;
      await putManifest(pair.staging, await make({ config, layers }, type), reference.split(':').at(-1));
    }
    return after();
  };

/** The configuration of an image with other labels, and with other layers. */
async function relabelled(
  { config }: ImageParts,
  labels: Record<string, string>,
  layers?: readonly string[],
): Promise<Descriptor> {
  const answer = await fetch(`http://${pair.staging.replace('/', '/v2/')}/blobs/${config.digest}`);
  const content = (await answer.json()) as { config: { Labels: Record<string, string> }; rootfs: object };
  Object.assign(content.config.Labels, labels);
  // An engine takes layers that it has unpacked before by these.
  if (layers) Object.assign(content.rootfs, { diff_ids: layers });
  return putBlob(pair.staging, JSON.stringify(content), config.mediaType);
}

const labelled = (labels: Record<string, string>) =>
  inPlaceOf(async (image) => ({ layers: image.layers, config: await relabelled(image, labels) }));

/** Images that count, with a layer that the registry does not have. */
function withoutLayers(): () => Promise<Intercept> {
  const missing: string[] = [];
  return inPlaceOf(
    async (image, type) => {
      const layer = await putBlob(pair.staging, `${type} ${Math.random()}`);
      missing.push(layer.digest);
      const base = await registryClient().digest(pair.tagOf('base'));
      const parents = type === 'base' ? '' : `x=${base}`;
      return { layers: [layer], config: await relabelled(image, { [PARENTS_LABEL]: parents }, [layer.digest]) };
    },
    () => refuses(({ url = '' }) => missing.some((digest) => url.includes(digest)), 404),
  );
}

/** What happens to both images of a fresh machine, to those of one with an edited child, and to a push. */
interface Case {
  name: string;
  fault: () => Intercept | Promise<Intercept>;
  /** On a fresh machine that pulls. */
  fresh: 'reused' | 'built';
  /** What is said about staging, once each; absent if nothing. */
  notes?: RegExp[];
  /** Seconds that a run may take. Default: 30 */
  within?: number;
}

const notUsed = /is not used in this run/;
const cases: Case[] = [
  { name: '500 once', fault: () => times(1, refuses(all, 500)), fresh: 'reused' },
  { name: '500 always', fault: () => refuses(all, 500), fresh: 'built', notes: [notUsed] },
  { name: '429 once', fault: () => times(1, refuses(all, 429)), fresh: 'reused' },
  { name: '429 always', fault: () => refuses(all, 429), fresh: 'built', notes: [notUsed] },
  {
    name: '429, Retry-After: 1',
    fault: () => refuses(all, 429, { 'retry-after': '1' }),
    fresh: 'built',
    notes: [notUsed],
  },
  {
    name: '429, Retry-After: 3600',
    fault: () => refuses(all, 429, { 'retry-after': '3600' }),
    fresh: 'built',
    notes: [notUsed],
  },
  { name: 'reset once', fault: () => times(1, resets(all)), fresh: 'reused' },
  { name: 'reset always', fault: () => resets(all), fresh: 'built', notes: [notUsed] },
  {
    name: 'slow',
    fault: () => slow(3_500),
    fresh: 'built',
    notes: [/is not used in this run: it takes \d s/],
    within: 60,
  },
  { name: 'gone after 1 request', fault: () => gone(1), fresh: 'built', notes: [notUsed] },
  { name: 'gone after 6 requests', fault: () => gone(6), fresh: 'built', notes: [notUsed] },
  { name: '401 for everything', fault: () => refuses(all, 401, login), fresh: 'built', notes: [notUsed] },
  { name: '403 for everything', fault: () => refuses(all, 403), fresh: 'built', notes: [notUsed] },
  { name: 'read-only, 403', fault: () => refuses(isWrite, 403), fresh: 'reused' },
  { name: 'read-only, 401', fault: () => refuses(isWrite, 401, login), fresh: 'reused' },
  { name: 'read-only, anonymous token', fault: anonymous, fresh: 'reused' },
  { name: 'deleted after HEAD', fault: () => refuses(both(isRead, byDigest), 404), fresh: 'built' },
  { name: 'layers missing', fault: withoutLayers(), fresh: 'built' },
  {
    name: 'not JSON',
    fault: holds('nonsense', 'application/vnd.oci.image.manifest.v1+json'),
    fresh: 'built',
    notes: [/does not count: .* not a manifest/],
  },
  {
    name: 'JSON that is no manifest',
    fault: holds('[1]', 'application/vnd.oci.image.manifest.v1+json'),
    fresh: 'built',
    notes: [/does not count/],
  },
  { name: 'HTML', fault: holds('<html></html>', 'text/html'), fresh: 'built', notes: [/does not count/] },
  {
    name: 'a manifest of 5 MiB',
    fault: holds(JSON.stringify({ x: 'x'.repeat(5 * 1024 * 1024) }), 'application/vnd.oci.image.manifest.v1+json'),
    fresh: 'built',
    notes: [/does not count: .*answers without end/],
  },
  { name: 'an index without images', fault: inPlaceOf(async () => ({ manifests: [] })), fresh: 'built' },
  {
    name: 'an index of a hundred',
    fault: holds(
      JSON.stringify({ manifests: Array.from({ length: 100 }, () => ({ digest: `sha256:${'0'.repeat(64)}` })) }),
      'application/vnd.oci.image.index.v1+json',
    ),
    fresh: 'built',
    notes: [/does not count: .* index of 100 images/],
  },
  {
    name: 'an artifact',
    fault: inPlaceOf(async ({ layers }) => ({
      layers,
      config: await putBlob(pair.staging, '{}', 'application/vnd.oci.empty.v1+json'),
    })),
    fresh: 'built',
    notes: [/was not built by this tool; it does not count/],
  },
  {
    name: 'a label with another build ID',
    fault: labelled({ [BUILD_ID_LABEL]: `sha256:${'1'.repeat(64)}` }),
    fresh: 'built',
    notes: [/has the build ID 1{12}; it does not count/],
  },
  {
    name: 'a label with other parents',
    fault: labelled({ [PARENTS_LABEL]: `x=sha256:${'1'.repeat(64)}` }),
    fresh: 'built',
  },
  {
    name: 'redirects elsewhere',
    fault: () => (_incoming, response) =>
      Boolean(response.writeHead(307, { location: `http://${stranger.address}/` }).end()),
    fresh: 'built',
    notes: [notUsed],
  },
  {
    name: 'redirects for ever',
    fault:
      () =>
      ({ url }, response) =>
        Boolean(response.writeHead(307, { location: String(url) }).end()),
    fresh: 'built',
    notes: [notUsed],
  },
];

/** Both images staged and in the engine, with content of their own. */
async function stage(): Promise<void> {
  pair.proxy.intercept = () => false;
  pair.forget();
  pair.renew();
  const done = await pair.build();
  if (!done.success) throw new Error(done.outputs.join('\n'));
}

/** The fault is over; the next run puts everything right. */
async function expectRight(): Promise<void> {
  pair.proxy.intercept = () => false;
  const next = await pair.build({ IMAGE_LOAD: 'true' });
  expect(next.outputs.join('\n')).not.toMatch(/ failed|error/);
  expect(next.success).toBe(true);
  for (const type of types) {
    const { texts, digest } = await pair.contentOf(pair.tagOf(type));
    expect([type, texts, pair.recordOf(type).staging?.digest]).toEqual([type, pair.rightTexts(type), digest]);
  }
}

function check({ success, outputs, notes, took }: Done, { notes: said = [], within = 30 }: Case): string {
  expect([success, success ? '' : outputs.join('\n'), notes]).toEqual([true, '', expect.any(Array)]);
  const about = notes.filter(
    (line) => /staging|does not count/.test(line) && !/building it|pushing the image/.test(line),
  );
  for (const line of about) expect(said.some((words) => words.test(line)) ? '' : line).toBe('');
  expect(new Set(about).size).toBe(about.length);
  expect(took).toBeLessThan(within * 1_000);
  const how = outputs.map((output) => /reused|built|up to date|pushed/.exec(output)?.[0] ?? output);
  return `${how.join(', ')} (${(took / 1000).toFixed(1)} s)`;
}

describe('a staging repository with this fault costs no run, and gives no wrong image', () => {
  it.each(cases)('$name', async (one) => {
    await stage();
    pair.proxy.intercept = await one.fault();
    const push = check(await pair.push(), { ...one, within: 60 });
    const [tag] = pair.recordOf('runtime').tags;
    expect((await pair.contentOf(`${pair.app}:${tag}`)).texts).toEqual(pair.rightTexts('runtime'));

    pair.proxy.intercept = () => false;
    const onFresh = await one.fault();
    pair.forget();
    pair.proxy.intercept = onFresh;
    const fresh = check(await pair.build({ IMAGE_LOAD: 'true' }), one);
    expect(fresh).toContain(one.fresh);
    await expectRight();

    const onEdited = await one.fault();
    pair.forget();
    pair.renew(['runtime']);
    pair.proxy.intercept = onEdited;
    const notes = [...(one.notes ?? []), /nothing is put into staging/];
    const edited = check(await pair.build({ IMAGE_LOAD: 'false' }), { ...one, notes });
    expect(edited).toContain('built');
    await expectRight();
    rows.push([one.name, push, fresh, edited]);
  });
});

describe('the variables and the address of a staging repository', () => {
  const account = { PAIR_USER: 'someone', PAIR_PASSWORD: 'a-password-of-nobody' };
  const withLogin = (repository: string): string =>
    `{ repository: ${repository}, user: PAIR_USER, pwd: PAIR_PASSWORD }`;
  const built = /built.*\n.*built/;
  afterEach(() => pair.setStaging(`{ repository: ${pair.staging} }`));

  async function buildNew(section: string, environment: Record<string, string> = {}): Promise<Done> {
    pair.forget();
    pair.renew();
    pair.proxy.requests.length = 0;
    pair.setStaging(section);
    return pair.build(environment);
  }

  it('is not used if `only_if` is not set', async () => {
    const done = await buildNew(`{ repository: ${pair.staging}, only_if: PAIR_IS_NOT_SET }`);
    expect([done.success, done.notes, pair.proxy.requests]).toEqual([true, [], []]);
    expect(pair.recordOf('base').staging).toBeUndefined();
  });

  it('may be deep', async () => {
    const repository = `${pair.proxy.address}/pair/a/b-c/d_e/f.g/staging`;
    const done = await buildNew(`{ repository: ${repository} }`);
    expect([done.success, done.notes]).toEqual([true, []]);
    expect(pair.recordOf('runtime').staging?.reference).toMatch(`${repository}:`);
  });

  it('is not used with a wrong password', async () => {
    pair.proxy.intercept = wantsLogin('someone', 'the right one');
    const done = await buildNew(withLogin(pair.staging), account);
    expect(done).toMatchObject({ success: true, notes: [expect.stringMatching(notUsed)] });
    expect(done.outputs.join('\n')).toMatch(built);
  });

  it('is read, and says why nothing is put there, if only writing wants a login and the password is wrong', async () => {
    await stage();
    const challenge = refuses((incoming) => isWrite(incoming) || incoming.url === '/v2/', 401, login);
    pair.forget();
    pair.renew(['runtime']);
    pair.setStaging(withLogin(pair.staging));
    pair.proxy.intercept = challenge;
    const done = await pair.build({ ...account, IMAGE_LOAD: 'false' });
    expect(done.outputs.join('\n')).toMatch(/reused.*\n.*built/);
    expect(done).toMatchObject({ success: true, notes: [expect.stringMatching(/was not logged in/)] });
  });

  it('is not used if nobody trusts its certificate', async () => {
    const secure = await distrustedServer();
    const done = await buildNew(`{ repository: ${secure.address}/staging }`);
    secure.close();
    expect(done).toMatchObject({
      success: true,
      notes: [expect.stringMatching(/is not used in this run: .*certificate/)],
    });
    expect(done.outputs.join('\n')).toMatch(built);
  });
});
