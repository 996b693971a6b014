import { jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ownRegistry, type OwnRegistry } from '../../../../engine/src/testing/own-registry.ts';
import { getManifest, putBlob, putManifest } from '../../../../engine/src/testing/registry-content.ts';
import { refuses, times } from '../../../../engine/src/testing/registry-faults.ts';
import { registryProxy, wantsLogin, type RegistryProxy } from '../../../../engine/src/testing/registry-proxy.ts';
import { prune } from './executor.ts';

const configType = 'application/vnd.oci.image.config.v1+json';

interface Sections {
  /** Below `repository`. */
  repository: string;
  retention?: string;
  tags?: string;
  floating?: string;
}

const manifestOf = ({ repository, retention, tags, floating }: Sections): string => `version: 1.0.0
repository: ${repository}
retention: ${retention ?? '{ devel: { keep: 2, pattern: "*-nightly-*" } }'}
release_types:
  devel:
    tags: ${tags ?? '["devel-{{ add_to_tags }}", "{{ version }}-nightly-{{ run.date }}-{{ add_to_tags }}"]'}
    floating_tags: ${floating ?? '["edge"]'}
release_spec: { templates_dir: templates, base_image: scratch, multistage_image: false }
packages: { app: { devel: [one] } }
releases: { one: { 1: { add_to_tags: one } } }
`;

let registry: OwnRegistry;
/** Deletes nothing. */
let stubborn: OwnRegistry;
let proxy: RegistryProxy;
let root: string;
let app: string;
let output: string[];
let count = 0;

beforeAll(async () => {
  [registry, stubborn] = await Promise.all([ownRegistry({ deletes: true }), ownRegistry()]);
  proxy = await registryProxy(registry.address);
});
afterAll(async () => {
  proxy.close();
  await Promise.all([registry.stop(), stubborn.stop()]);
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prune-'));
  count += 1;
  // Each test has a repository of its own, which it reaches through the proxy.
  app = `${proxy.address}/test${count}/app`;
  proxy.intercept = () => false;
  proxy.requests.length = 0;
  output = [];
  for (const name of ['log', 'error', 'warn'] as const) {
    jest.spyOn(console, name).mockImplementation((text: string) => void output.push(text));
  }
  write('templates/devel.Dockerfile.liquid', 'FROM {{ from }}\n');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** An image with a time, or with something else in its place; returns its digest. */
async function putImage(repository: string, tag: string, created: unknown): Promise<string> {
  const configuration = JSON.stringify({ architecture: 'amd64', os: 'linux', created, tag });
  const config = await putBlob(repository, configuration, configType);
  return (await putManifest(repository, { config, layers: [] }, tag)).digest;
}

/** Images by tag, each a day older than the one before. */
async function put(repository: string, ...tags: string[]): Promise<string[]> {
  const digests: string[] = [];
  for (const [index, tag] of tags.entries()) {
    digests.push(await putImage(repository, tag, new Date(Date.now() - (index + 1) * 86_400_000).toISOString()));
  }
  return digests;
}

async function tagsOf(repository: string): Promise<string[]> {
  const [, ...path] = repository.split('/');
  const host = repository.startsWith(stubborn.address) ? stubborn.address : registry.address;
  const answer = await fetch(`http://${host}/v2/${path.join('/')}/tags/list`);
  return (((await answer.json()) as { tags?: string[] | null }).tags ?? []).sort();
}

async function run(yes = false, manifests = ['manifest.yml']): Promise<{ success: boolean; text: string }> {
  output.length = 0;
  const projects = manifests.map((path) => {
    const targets = { 'docker-matrix': { executor: 'nx-image-matrix:matrix', options: { manifest: path } } };
    return [path, { root: join(dirname(path), 'docker'), targets }];
  });
  const context = {
    root,
    nxJsonConfiguration: { plugins: [{ plugin: 'nx-image-matrix' }] },
    projectsConfigurations: { version: 2, projects: Object.fromEntries(projects) },
  };
  const { success } = await prune({ manifest: 'manifest.yml', yes }, context as unknown as ExecutorContext);
  return { success, text: output.join('\n') };
}

const five = [1, 2, 3, 4, 5].map((number) => `1.0.0-nightly-2026010${number}-one`);
const entry = (repository: string): string => `{ local: { registry: { app: "${repository}" } } }`;

it('deletes nothing anywhere if one of the registries refuses deletions', async () => {
  const other = `${stubborn.address}/acme/app`;
  write(
    'manifest.yml',
    manifestOf({ repository: `{ a: { registry: { app: "${app}" } }, b: { registry: { app: "${other}" } } }` }),
  );
  await Promise.all([put(app, ...five), put(other, ...five)]);
  expect((await run()).text).toContain(`${other}: 5 tags; 3 to delete; 2 stay (2 among the newest)`);
  const { success, text } = await run(true);
  expect(text).toContain(`${stubborn.address} does not delete images: ${other}@sha256:000`);
  expect(text).toContain('405 Method Not Allowed (UNSUPPORTED');
  expect(text).toContain('REGISTRY_STORAGE_DELETE_ENABLED=true');
  expect(text).toContain('Nothing was deleted.');
  expect([success, await tagsOf(app), await tagsOf(other)]).toEqual([false, five, five]);
});

it.each([
  ['that may only read', 'HEAD GET', 403],
  ['that is wrong', '', 401],
])('deletes nothing with a login %s, and shows no password', async (_, allowed, status) => {
  const repository = `{ local: { user: PRUNE_TEST_USER, pwd: PRUNE_TEST_PASSWORD, registry: { app: "${app}" } } }`;
  write('manifest.yml', manifestOf({ repository }));
  await put(app, ...five);
  const locked = wantsLogin('me', allowed === '' ? 'another' : 'hunter2hunter2');
  const denied = refuses(({ method = '' }) => !allowed.split(' ').includes(method), status);
  proxy.intercept = (...request) => locked(...request) || (allowed !== '' && denied(...request));
  Object.assign(process.env, { PRUNE_TEST_USER: 'me', PRUNE_TEST_PASSWORD: 'hunter2hunter2' });
  try {
    expect((await run()).success).toBe(allowed !== '');
    const { success, text } = await run(true);
    expect(text).toContain(`${status}`);
    expect(text).not.toContain('hunter2');
    expect([success, await tagsOf(app)]).toEqual([false, five]);
  } finally {
    delete process.env['PRUNE_TEST_USER'];
    delete process.env['PRUNE_TEST_PASSWORD'];
  }
  expect((await run()).text).toContain('PRUNE_TEST_USER and PRUNE_TEST_PASSWORD are not set');
});

it('leaves an image whose tag moves, and one that a floating tag moves to, after the plan was made', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app) }));
  const direct = app.replace(proxy.address, registry.address);
  await put(app, ...five);
  let asked = false;
  proxy.intercept = (incoming, _, pass) => {
    // The question whether images can be deleted comes after the plan.
    if (incoming.method !== 'DELETE' || asked) return false;
    asked = true;
    void (async () => {
      await put(direct, five[2]!);
      await putManifest(direct, JSON.parse(await getManifest(direct, five[3]!)) as object, 'edge');
      pass();
    })();
    return true;
  };
  const { success, text } = await run(true);
  expect(text).toMatch(/20260103-one +\w+ +\w+ d +left: 1\.0\.0-nightly-20260103-one has moved to [0-9a-f]{12}\n/);
  expect(text).toMatch(/20260104-one +\w+ +\w+ d +left: edge has moved to it\n/);
  expect(text).toContain('5 tags; 1 deleted; 2 left; 2 stay');
  expect([success, await tagsOf(app)]).toEqual([true, [...five.slice(0, 4), 'edge']]);
});

it('is not disturbed by a registry that limits the rate and has trouble', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app) }));
  await put(app, ...five);
  const faults = ['GET', 'HEAD', 'DELETE'].flatMap((method) => [
    times(
      1,
      refuses((incoming) => incoming.method === method, 429, { 'retry-after': '0' }),
    ),
    times(
      1,
      refuses((incoming) => incoming.method === method, 500),
    ),
  ]);
  proxy.intercept = (...request) => faults.some((fault) => fault(...request));
  expect((await run(true)).success).toBe(true);
  expect(await tagsOf(app)).toEqual(five.slice(0, 2));
});

it('names what could not be deleted, and fails', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app) }));
  const [, , third] = await put(app, ...five);
  proxy.intercept = refuses(({ method, url = '' }) => method === 'DELETE' && url.endsWith(third!), 409);
  const { success, text } = await run(true);
  expect(text).toContain(`${app}:${five[2]}: ${app}@${third} was not deleted: 409 Conflict`);
  expect(text).toContain('5 tags; 2 deleted; 1 failed; 2 stay');
  expect([success, await tagsOf(app)]).toEqual([false, five.slice(0, 3)]);
});

it('stops at the first refusal that is for all', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app) }));
  await put(app, ...five);
  let deletions = 0;
  proxy.intercept = refuses(({ method }) => method === 'DELETE' && (deletions += 1) > 2, 403);
  const { success, text } = await run(true);
  expect(text).toContain('1 deleted; 2 failed');
  expect([success, deletions]).toEqual([false, 3]);
});

it('fails without an answer, also where nothing would be deleted', async () => {
  write('manifest.yml', manifestOf({ repository: entry('127.0.0.1:1/acme/app') }));
  const { success, text } = await run();
  expect([success, text]).toEqual([false, expect.stringContaining('127.0.0.1:1')]);
});

it('says that a pattern matches nothing, and that a repository has no tags', async () => {
  write(
    'manifest.yml',
    manifestOf({
      repository: entry(app),
      retention: '{ devel: { keep: 1, pattern: "*-nigthly-*" }, cudnn: { keep: 1, pattern: "*" } }',
    }),
  );
  await put(app, ...five);
  const { success, text } = await run(true);
  expect(text).toContain(`no tag of ${app} matches "*-nigthly-*", the pattern of devel`);
  expect(text).toContain('no image of the release type cudnn is pushed to a repository');
  expect(text).toContain('5 tags; 0 to delete; 5 stay (5 not matched)');
  expect([success, await tagsOf(app)]).toEqual([true, five]);
  expect(proxy.requests.filter((request) => request.startsWith('DELETE'))).toEqual([]);
});

it('keeps what a push gives today and floating tags for the pattern "*"', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app), retention: '{ devel: { keep: 1, pattern: "*" } }' }));
  await put(app, ...five, 'devel-one', 'edge', 'stranger');
  expect((await run(true)).success).toBe(true);
  expect(await tagsOf(app)).toEqual([five[0], 'devel-one', 'edge', 'stranger']);
});

it('leaves the tags of another manifest with the same repository, in any spelling', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app), retention: '{ devel: { keep: 1, pattern: "*" } }' }));
  const tags = '["other-devel", "{{ version }}-other-{{ run.date }}"]';
  const repository = entry(app.replace('127.0.0.1', 'localhost'));
  const other = manifestOf({ repository, retention: '', tags, floating: '["other-edge"]' });
  // Names of packages are unique in a workspace.
  write('other/manifest.yml', other.replaceAll('{ app: ', '{ lib: '));
  write('other/templates/devel.Dockerfile.liquid', 'FROM {{ from }}\n');
  await put(app, ...five, '1.0.0-other-20260101', '0.9.0-other-20250101', 'other-edge', 'other-devel');
  const found = await run(true, ['manifest.yml', 'other/manifest.yml']);
  expect(found.success).toBe(true);
  expect(await tagsOf(app)).toEqual(
    [five[0], '0.9.0-other-20250101', '1.0.0-other-20260101', 'other-edge', 'other-devel'].sort(),
  );
});

it('has nothing to do without `retention` and `staging`', async () => {
  write('manifest.yml', manifestOf({ repository: entry(app), retention: '' }));
  const { success, text } = await run(true);
  expect([success, text]).toEqual([
    true,
    'manifest.yml has neither `retention` nor `staging`; there is nothing to prune.',
  ]);
});

it('keeps images without a time that counts, and does not count them', async () => {
  const text = manifestOf({ repository: entry(app) });
  write('manifest.yml', text.replace('{ templates_dir', '{ reproducible: { epoch: 1700000000 }, templates_dir'));
  const undated = {
    none: undefined,
    zero: '1970-01-01T00:00:00Z',
    number: 5,
    nonsense: 'yesterday',
    epoch: new Date(1_700_000_000_000).toISOString(),
    future: new Date(Date.now() + 3 * 86_400_000).toISOString(),
  };
  const names = Object.keys(undated).map((name) => `1.0.0-nightly-${name}-one`);
  for (const [index, created] of Object.values(undated).entries()) await putImage(app, names[index]!, created);
  await put(app, ...five);
  const { success, text: said } = await run(true);
  expect(said).toContain('11 tags; 3 deleted; 8 stay (6 without a time, 2 among the newest)');
  expect([success, await tagsOf(app)]).toEqual([true, [...names, ...five.slice(0, 2)].sort()]);
});

it('keeps old tags of a version that is not given, and the floating tags of all versions', async () => {
  const floating = '["{{ version | split: \'.\' | first }}-edge"]';
  const retention = '{ devel: { keep: 1, pattern: "*" } }';
  const versioned = manifestOf({ repository: entry(app), retention, floating });
  await put(app, ...five, '0-edge', '1-edge');
  write('manifest.yml', versioned.replace(/^version.*\n/, ''));
  const { success, text } = await run(true);
  expect(text).toContain('(4 of images whose version is not given, 2 floating, 1 among the newest)');
  expect([success, await tagsOf(app)]).toEqual([true, ['0-edge', '1-edge', ...five].sort()]);
  write('manifest.yml', versioned);
  expect((await run(true)).success).toBe(true);
  expect(await tagsOf(app)).toEqual(['0-edge', '1-edge', five[0]].sort());
});

it.each([
  ['while it deletes', 'DELETE', 2, /5 tags; 0 deleted; 3 failed; 2 stay[^]*interrupted/],
  ['while it reads', 'GET', 3, /interrupted/],
])('ends when it is interrupted %s, and says what was not deleted', async (_, method, first, words) => {
  write('manifest.yml', manifestOf({ repository: entry(app) }));
  await put(app, ...five);
  let requests = 0;
  proxy.intercept = (incoming) => {
    if (incoming.method !== method) return false;
    requests += 1;
    if (requests === first) process.emit('SIGTERM');
    return requests >= first;
  };
  const { success, text } = await run(true);
  expect([success, text]).toEqual([false, expect.stringMatching(words)]);
  expect(await tagsOf(app)).toEqual(five);
});
