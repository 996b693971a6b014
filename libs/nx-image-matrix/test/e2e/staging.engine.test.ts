import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { registryClient } from '@nx-image-matrix/engine';
import { refuses, resets, times, type Concerned } from '../../../engine/src/testing/registry-faults.ts';
import { registryProxy, type Intercept, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { account, loginRegistry } from '../support/login-registry.ts';
import { withoutEngines } from '../support/staging-machines.ts';
import { watchedRun } from '../support/watched-run.ts';
import { OwnDocker, whyNoOwnDocker } from '../support/own-docker.ts';
import { Workspace } from '../support/workspace.ts';

const prefix = uniquePrefix();
const namespace = `nx-image-matrix-test/${prefix}`;

const manifest = (address: string): string => `version: 1.0.0
staging: { repository: ${address}/${namespace}staging }
repository:
  target: { registry: { app: ${address}/${namespace}app } }
  other: { only_if: OTHER, registry: { app: ${address}/${namespace}other } }
packages: { app: { runtime: [plain], tools: [plain] } }
release_types: { runtime: { from: base }, tools: { from: runtime } }
releases:
  plain:
    1: { templates_dir: templates, base_image: scratch, add_to_tags: one }
    2: { templates_dir: templates, base_image: scratch, add_to_tags: two }
`;
const templates = Object.fromEntries(
  ['base', 'runtime', 'tools'].map((type) => [
    `templates/${type}.Dockerfile.liquid`,
    `FROM {{ from }}\nCOPY files/${type} /${type}-{{ distro.version }}\n`,
  ]),
);
const files = Object.fromEntries(['base', 'runtime', 'tools'].map((type) => [`files/${type}`, `${prefix}${type}\n`]));

let proxy: RegistryProxy;
let second: OwnDocker | undefined;
const workspaces: Workspace[] = [];

/** A machine: a fresh checkout, and the engine that its environment names. */
function machine(environment: NodeJS.ProcessEnv = {}): Workspace {
  const workspace = new Workspace({
    files: { 'manifest.yml': manifest(proxy.address), ...templates, ...files },
    plugin: { prefix },
    environment,
  });
  workspaces.push(workspace);
  return workspace;
}

const names = [1, 2].flatMap((version) =>
  ['base', 'runtime', 'tools'].map((type) => `${prefix}app-plain${version}-${type}`),
);
/** The manifest names no `base` among the packages. */
const isPushed = (name: string): boolean => !name.endsWith('-base');
const recordOf = (workspace: Workspace, name: string): BuildRecord => {
  const [, version, type] = /plain(\d)-(\w+)$/.exec(name)!;
  return workspace.readJson(`dist/docker/app/plain${version}/${type}/build.json`);
};
const client = registryClient();
const digestOf = (repository: string, tag: string) =>
  client.digest(`${proxy.address}/${namespace}${repository}:${tag}`);
const layersRead = (): string[] => proxy.requests.filter((request) => /^GET .*\/blobs\//.test(request));
/** The environment of another machine: a second engine, or where none can be started, the first one without images. */
function elsewhere(): NodeJS.ProcessEnv {
  if (second) return { DOCKER_HOST: second.host };
  removeImages(prefix);
  return {};
}
/** The images of that machine, a line each. */
const heldElsewhere = (): string[] =>
  docker(...(second ? ['--host', second.host] : []), 'image', 'ls', '--all', '--format', '{{.Repository}}:{{.Tag}}')
    .split('\n')
    .filter((line) => line.includes(prefix));
const ofStaging: Concerned = ({ url = '' }) => url.includes('staging');
const isWrite: Concerned = ({ method }) => method !== 'HEAD' && method !== 'GET';
const both =
  (...all: Concerned[]): Concerned =>
  (incoming) =>
    all.every((concerned) => concerned(incoming));

beforeAll(async () => {
  proxy = await registryProxy(registry);
  const why = whyNoOwnDocker();
  if (why === undefined) {
    second = new OwnDocker('200m', 'host');
    await second.start();
  } else console.warn(`without a second engine, images are removed from the first: ${why}`);
});
afterAll(async () => {
  proxy.close();
  removeImages(prefix);
  for (const workspace of workspaces) workspace.dispose();
  await second?.stop();
});

describe('with staging', () => {
  let one: Workspace;

  it('the first machine builds each image, puts it there under its build ID, and pushes it from there', async () => {
    one = machine();
    const { status, output } = await one.nxBeside('run-many -t docker-push');
    expect(output).toContain('built (');
    expect(status).toBe(0);
    for (const name of names) {
      const { buildId, staging, from } = recordOf(one, name);
      const digest = await digestOf('staging', buildId.slice('sha256:'.length));
      expect([name, from, staging?.digest]).toEqual([name, 'build', digest]);
      expect(digest).toBeDefined();
      const [tag = ''] = recordOf(one, name).tags;
      expect([name, await digestOf('app', tag)]).toEqual([name, isPushed(name) ? digest : undefined]);
    }
    expect(docker('image', 'ls', '--format', '{{.Repository}}').includes(`${namespace}staging`)).toBe(false);
  });

  it('does nothing the second time', async () => {
    proxy.requests.length = 0;
    const { status, output } = await one.nxBeside('run-many -t docker-build');
    expect(output).toContain('is up to date');
    expect(output).not.toContain('reused');
    expect(status).toBe(0);
    expect(proxy.requests).toEqual([]);
  });

  it('a machine with another engine builds nothing, reads no layer, and pushes the same digests', async () => {
    const two = machine({ ...elsewhere(), IMAGE_LOAD: 'false' });
    proxy.requests.length = 0;
    const { status, output } = await two.nxBeside('run-many -t docker-push');
    expect(output).not.toContain('built (');
    expect(output.match(/reused from staging \(not pulled/g)).toHaveLength(names.length);
    expect(status).toBe(0);
    // The configuration of each, once: a run that follows remembers its labels.
    expect(layersRead().length).toBeLessThanOrEqual(names.length);
    expect(heldElsewhere()).toEqual([]);
    for (const name of names) {
      expect(recordOf(two, name)).toMatchObject({ from: 'staging', staging: recordOf(one, name).staging });
    }
  });

  it('builds only the edited leaf there, on a parent that stays in the registry', async () => {
    const two = machine({ ...elsewhere(), IMAGE_LOAD: 'false' });
    two.write({ 'files/tools': `${prefix}edited\n` });
    const { status, output } = await two.nxBeside('run-many -t docker-push');
    expect(output.match(/ built \(/g)).toHaveLength(2);
    expect(output.match(/reused from staging/g)).toHaveLength(names.length - 2);
    expect(status).toBe(0);
    for (const name of names.filter((project) => project.endsWith('-tools'))) {
      const { tags, staging, from } = recordOf(two, name);
      expect([from, await digestOf('app', tags[0]!)]).toEqual(['build', staging?.digest]);
    }
    expect(heldElsewhere().filter((line) => line.includes('runtime'))).toEqual([]);
  });

  it('pulls what it reuses if it is to be run, and finds it there the next time', async () => {
    const two = machine(elsewhere());
    const leaf = `${prefix}app-plain1-tools`;
    const { output } = await two.nxBeside(`run ${leaf}:docker-build`);
    expect(output.match(/reused from staging \(pulled/g)).toHaveLength(3);
    expect(heldElsewhere()).toContain(`${prefix}app:tools-one`);
    proxy.requests.length = 0;
    expect((await two.nxBeside(`run ${leaf}:docker-build`)).output).toContain('is up to date');
    expect(proxy.requests).toEqual([]);
  });

  it('pushes without any engine what another machine has built, to a repository that has nothing yet', async () => {
    const none = machine({ DOCKER_HOST: 'unix:///nothing', OTHER: '1', PATH: withoutEngines() });
    const { status, output } = await none.nxBeside('run-many -t docker-push');
    expect(output).toContain('pushed ');
    expect(status).toBe(0);
    for (const name of names.filter(isPushed)) {
      const { tags, staging } = recordOf(one, name);
      expect(await digestOf('other', tags[0]!)).toBe(staging?.digest);
    }
  });

  it('builds the children of a parent again that was built again on purpose, and no others', async () => {
    const base = `${prefix}app-plain1-base`;
    const before = recordOf(one, base).staging;
    const { status } = await one.nxBeside(`run ${base}:docker-build --force`, { IMAGE_REFRESH: '1' });
    expect(status).toBe(0);
    const after = recordOf(one, base).staging;
    expect(after?.reference).toBe(before?.reference);
    expect(after?.digest).not.toBe(before?.digest);
    const two = machine({ ...elsewhere(), IMAGE_LOAD: 'false' });
    const { output } = await two.nxBeside('run-many -t docker-build');
    expect(output.match(/ built \(/g)).toHaveLength(2);
    expect(output.match(/reused from staging/g)).toHaveLength(4);
  });

  it('does not undo a build on purpose that could not be put there: the next run replaces what is there', async () => {
    const base = `${prefix}app-plain2-base`;
    const there = machine();
    await there.nxBeside(`run ${base}:docker-build`);
    const former = recordOf(there, base).staging?.digest;
    proxy.intercept = refuses(both(ofStaging, isWrite), 403);
    await there.nxBeside(`run ${base}:docker-build --force`, { IMAGE_REFRESH: '1' });
    proxy.intercept = () => false;
    const { imageId, staging } = recordOf(there, base);
    expect(staging).toBeUndefined();
    expect((await there.nxBeside(`run ${base}:docker-build`)).output).toContain('is up to date');
    const after = recordOf(there, base);
    expect(after.imageId).toBe(imageId);
    expect(after.staging?.digest).not.toBe(former);
    expect(await digestOf('staging', after.buildId.slice('sha256:'.length))).toBe(after.staging?.digest);
  });

  it('does not believe a tag whose label is of another image', async () => {
    const two = machine({ ...elsewhere(), IMAGE_LOAD: 'false' });
    const [base, runtime] = ['base', 'runtime'].map((type) => recordOf(one, `${prefix}app-plain2-${type}`).staging!);
    const lie = await client.manifest(runtime!.reference);
    const truth = await client.manifest(base!.reference);
    await client.put(base!.reference, lie!);
    const { status, output } = await two.nxBeside(`run ${prefix}app-plain2-base:docker-build`);
    expect(output).toMatch(/has the build ID \w{12}; it does not count/);
    expect(output).toContain('built (');
    expect(status).toBe(0);
    await client.put(base!.reference, truth!);
  });
});

describe('the password of staging', () => {
  const environment = { STAGING_USER: account.user, STAGING_PASSWORD: account.password };
  const needles = [account.password, `${account.user}:${account.password}`].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    encodeURIComponent(text),
  ]);
  const filesWithPassword = (folder: string): string[] => {
    const patterns = needles.flatMap((needle) => ['-e', needle]);
    const { stdout } = spawnSync('grep', ['-rlF', ...patterns, folder, '--exclude-dir=node_modules']);
    return String(stdout).split('\n').filter(Boolean);
  };
  let closed: OwnRegistry;
  beforeAll(async () => {
    closed = await loginRegistry();
  });
  afterAll(() => closed.stop());

  function atClosed(more: NodeJS.ProcessEnv): Workspace {
    const there = machine({ ...environment, ...more });
    const section = `{ repository: ${closed.address}/staging, user: STAGING_USER, pwd: STAGING_PASSWORD }`;
    there.write({ 'manifest.yml': manifest(proxy.address).replace(/^staging: .*$/m, `staging: ${section}`) });
    return there;
  }

  it.each([
    ['builds and puts there', {}, '', / built \(/],
    ['reuses and pulls', { IMAGE_LOAD: 'true' }, '', /reused from staging \(pulled/],
    ['builds on a parent there', { IMAGE_LOAD: 'false' }, 'edited', / built \(/],
  ])('is nowhere when a machine %s', async (_, load, edit, words) => {
    removeImages(prefix);
    const there = atClosed(load);
    if (edit) there.write({ 'files/tools': `${prefix}${edit}\n` });
    const started = Date.now();
    const { status, output, commandLines } = await watchedRun(there, 'run-many -t docker-push --verbose');
    expect(output).toMatch(words);
    expect(output).not.toContain('nothing is put into staging');
    expect(status).toBe(0);
    there.nxOk('graph --file=graph.json');
    expect(filesWithPassword(there.root)).toEqual([]);
    const home = ['.nx', '.docker'].map((name) => join(homedir(), name)).filter(existsSync);
    const kept = home.flatMap(filesWithPassword).filter((file) => statSync(file).mtimeMs >= started);
    expect(kept).toEqual([]);
    const images = docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
      .split('\n')
      .filter((name) => name.startsWith(prefix));
    const facts = images.flatMap((name) => [
      docker('image', 'inspect', name),
      docker('image', 'history', '--no-trunc', name),
    ]);
    const said = [output, ...commandLines, ...facts].join('\n');
    expect(needles.filter((needle) => said.includes(needle))).toEqual([]);
  });

  it('is asked for if it is not set', async () => {
    const { status, output } = await atClosed({ STAGING_PASSWORD: '' }).nxBeside('run-many -t docker-build');
    expect(output).toContain('the environment variable STAGING_PASSWORD is not set');
    expect(status).toBe(1);
  });
});

describe('staging that fails', () => {
  const cases: [name: string, intercept: Intercept, said: RegExp[]][] = [
    ['cannot be reached', resets(ofStaging), [/staging in \S+ is not used in this run/]],
    ['answers 500 once', times(1, refuses(ofStaging, 500)), []],
    ['answers 429', refuses(ofStaging, 429, { 'retry-after': '1' }), [/is not used in this run/]],
    ['refuses the login', refuses(ofStaging, 401), [/is not used in this run/]],
    ['is read-only', refuses(both(ofStaging, isWrite), 403), [/this login may only read/]],
  ];

  it.each(cases)('%s: builds as without it, and says so once', async (_, intercept, said) => {
    const two = machine();
    const base = `${prefix}app-plain1-base`;
    two.write({ 'files/base': `${prefix}${Math.random()}\n` });
    proxy.intercept = intercept;
    const { status, output } = await two.nxBeside(`run ${base}:docker-build`);
    proxy.intercept = () => false;
    expect(output).toContain(' built (');
    expect(status).toBe(0);
    expect(output.split('\n').filter((line) => line.includes('staging'))).toEqual(
      said.map((words) => expect.stringMatching(words)),
    );
    // What was built meanwhile is put there by the next run.
    expect((await two.nxBeside(`run ${base}:docker-build`)).output).toContain('is up to date');
    const { staging, buildId } = recordOf(two, base);
    expect(staging?.digest).toBe(await digestOf('staging', buildId.slice('sha256:'.length)));
    expect(staging).toBeDefined();
  });
});
