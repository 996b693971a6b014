import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD_ID_LABEL, registryClient } from '@nx-image-matrix/engine';
import { hasIdentityToken } from '@nx-image-matrix/sign';
import { ownRegistry, type OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { refuses } from '../../../engine/src/testing/registry-faults.ts';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { buildImages } from '../../src/executors/build/build.ts';
import { quiet } from '../../src/executors/progress/reporter.ts';
import { planPushes } from '../../src/executors/push/dry-run.ts';
import { pushImages, type PushContext } from '../../src/executors/push/push.ts';
import type { TaskOutcome } from '../../src/executors/task-outcome.ts';
import { pathWithout, RealCosign, signaturesOf } from '../support/cosign.ts';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import { account, loginRegistry } from '../support/login-registry.ts';
import { withoutEngines } from '../support/staging-machines.ts';
import { watchedRun } from '../support/watched-run.ts';
import { Workspace } from '../support/workspace.ts';

/*
 * The real cosign signs and verifies. Its transparency log is out of reach where these tests run, so it is switched off, and
 * keyless signatures are tested only up to the command line.
 */

const prefix = uniquePrefix();
const record = 'dist/docker/app/plain1/runtime/build.json';
const withKey = 'sign: { key: SIGNING_KEY, transparency_log: false }';

const folder = mkdtempSync(join(tmpdir(), 'sign-'));
const cosign = new RealCosign();
const ours = cosign.keyPair(join(folder, 'ours'), 'Signing/Password+with 7 signs');
const theirs = cosign.keyPair(join(folder, 'theirs'), 'another-Password');
const PATH = `${cosign.folder}:${process.env['PATH']}`;
const environment = { PATH, SIGNING_KEY: ours.file, COSIGN_PASSWORD: ours.password };

let registry: OwnRegistry;
let closed: OwnRegistry;
let proxy: RegistryProxy;
let workspace: Workspace;

/** The manifest with these entries of `repository`, and more. */
const manifest = (repositories: Record<string, string>, more = ''): string => `version: 1.0.0
repository:
${Object.entries(repositories)
  .map(([repository, keys], index) => `  r${index}: { registry: { app: ${repository} }, ${keys} }\n`)
  .join('')}${more}
packages: { app: { runtime: [plain] } }
release_types: { runtime: { from: base, tags: ['{{ version }}', '{{ version }}-more'] } }
releases: { plain: { 1: { templates_dir: templates, base_image: scratch, multistage_image: false } } }
`;

/** Nx, for what is about processes and output; the rest calls the executors, which takes a tenth of the time. */
const nx = (args: string, more: NodeJS.ProcessEnv = {}) => workspace.nxBeside(args, { ...environment, ...more });
const project = `${prefix}app-plain1-runtime`;
let context: PushContext;

interface Done {
  success: boolean;
  output: string;
}

/** `docker-push` with these variables, without Nx. */
async function push(more: NodeJS.ProcessEnv = {}, dryRun = false): Promise<Done> {
  const printed: string[] = [];
  const { signal } = new AbortController();
  return withVariables({ ...environment, ...more }, async () => {
    const outcome = await outcomeOf(
      dryRun
        ? planPushes([project], context, signal, (table) => printed.push(table))
        : pushImages([project], context, signal, quiet),
    );
    return { success: outcome.success, output: [...printed, outcome.output].join('\n') };
  });
}

async function build(): Promise<void> {
  const tasks = [{ project, options: {} }];
  const { success, output } = await outcomeOf(buildImages(tasks, context, new AbortController().signal, quiet));
  if (!success) throw new Error(output);
}

async function outcomeOf(all: AsyncIterable<[string, TaskOutcome, ...unknown[]]>): Promise<TaskOutcome> {
  for await (const [, outcome] of all) return outcome;
  throw new Error('there was no outcome');
}

async function withVariables<T>(variables: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const [name, value] of Object.entries(variables)) set(name, value);
  try {
    return await work();
  } finally {
    for (const [name, value] of before) set(name, value);
  }
}

/** Gives the image these repositories, in the manifest and in its `image.json`. */
function pointTo(repositories: Record<string, string>): void {
  const path = 'docker/app/plain1/runtime/image.json';
  const document = { ...workspace.readJson(path), repositories: Object.keys(repositories) };
  workspace.write({ 'manifest.yml': manifest(repositories), [path]: JSON.stringify(document) });
}

/** The projects as Nx sees them. */
function readContext(): PushContext {
  workspace.nxOk('graph --file=graph.json', environment);
  const { graph } = workspace.readJson<{ graph: { nodes: Record<string, { data: GraphProject }> } }>('graph.json');
  const projects = Object.fromEntries(Object.entries(graph.nodes).map(([name, { data }]) => [name, data]));
  // These tests edit generated files; a push rejects them if the graph has their digest.
  for (const { targets } of Object.values(projects)) delete targets['docker-generate']?.options?.digest;
  return {
    root: workspace.root,
    nxJsonConfiguration: workspace.readJson('nx.json'),
    projectsConfigurations: { version: 2, projects },
  };
}

type GraphProject = PushContext['projectsConfigurations']['projects'][string] & {
  targets: Record<string, { options?: { digest?: string } }>;
};

const digest = (): string => Object.values(workspace.readJson<BuildRecord>(record).pushed)[0] ?? 'none';

async function tagsIn(repository: string): Promise<string[]> {
  const [address, ...path] = repository.split('/');
  const response = await fetch(`http://${address}/v2/${path.join('/')}/tags/list`);
  const { tags }: { tags?: string[] } = (await response.json()) as object;
  return (tags ?? []).toSorted();
}

beforeAll(async () => {
  [registry, closed] = [await ownRegistry(), await loginRegistry()];
  proxy = await registryProxy(registry.address);
  workspace = new Workspace({
    files: {
      'manifest.yml': manifest({}),
      'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/content /content\n',
      'files/content': `${prefix}\n`,
    },
    plugin: { prefix },
  });
});
afterAll(async () => {
  removeImages(prefix);
  for (const { address } of [registry, closed, proxy]) removeImages(`${address}/`);
  proxy.close();
  await registry.stop();
  await closed.stop();
  workspace.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('docker-push with the file of a key', () => {
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const repository = (): string => `${closed.address}/signed/app`;
  const config = (): NodeJS.ProcessEnv => ({ DOCKER_CONFIG: join(folder, 'docker') });
  const secrets = [ours.password, account.password, ...ours.text.split('\n').filter((line) => line.length > 40)];
  const needles = secrets.flatMap((value) => [value, encodeURIComponent(value), Buffer.from(value).toString('base64')]);

  it('signs what it pushes, once for all tags, and keeps the key and its password to itself', async () => {
    workspace.write({ 'manifest.yml': manifest({ [repository()]: `user: HUB_USER, pwd: HUB_PASSWORD, ${withKey}` }) });
    const run = await watchedRun(workspace, 'run-many -t docker-push --verbose', {
      environment: { ...environment, HUB_USER: account.user, HUB_PASSWORD: account.password, TMPDIR: temporary },
    });
    expect(run.output).toContain(`pushed ${repository()}:1.0.0-more`);
    expect(run.output.match(new RegExp(`signed ${repository()} `, 'g'))).toHaveLength(1);
    expect(run.status).toBe(0);

    const lines = [...run.commandLines].filter((line) => /cosign/.test(line));
    expect(lines.length).toBeGreaterThan(0);
    context = readContext();
    const image = docker('image', 'inspect', `${prefix}app:1.0.0`);
    for (const text of [run.output, [...run.commandLines].join('\n'), image]) {
      expect(needles.filter((needle) => text.includes(needle))).toEqual([]);
    }
    for (const place of [workspace.root, temporary]) expect(filesWith(place)).toEqual([]);
  });

  it('makes a signature that cosign verifies with the public key, for this repository and each tag', () => {
    const auth = Buffer.from(`${account.user}:${account.password}`).toString('base64');
    spawnSync('mkdir', ['-p', join(folder, 'docker')]);
    writeFileSync(join(folder, 'docker/config.json'), JSON.stringify({ auths: { [closed.address]: { auth } } }));
    for (const name of [`:1.0.0`, ':1.0.0-more', `@${digest()}`]) {
      expect(cosign.verifies(`${repository()}${name}`, ours, config())).toBe(true);
    }
    expect(cosign.verifies(`${repository()}:1.0.0`, theirs, config())).toBe(false);
  });

  function filesWith(place: string): string[] {
    const patterns = needles.flatMap((needle) => ['-e', needle]);
    const args = ['-rlF', ...patterns, '--exclude-dir=node_modules', place];
    return spawnSync('grep', args, { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  }
});

describe('docker-push with a key in the variable', () => {
  const name = 'plain/app';
  const repository = (): string => `${registry.address}/${name}`;
  const reference = (): string => `${repository()}:1.0.0`;
  const inVariable = { SIGNING_KEY: ours.text };

  it('does not take the signature of somebody else for its own', async () => {
    pointTo({ [repository()]: 'sign: ' });
    expect((await push()).success).toBe(true);
    expect(await signaturesOf(registry, name, digest())).toBe(0);
    cosign.sign(`${repository()}@${digest()}`, theirs);
    pointTo({ [repository()]: withKey });
    const dry = await push(inVariable, true);
    expect(dry.output).toMatch(new RegExp(`${reference()} .* skipped: there already`));
    expect(dry.output).toMatch(new RegExp(`${repository()} +- +\\w{12} +sign$`, 'm'));
    expect(cosign.verifies(reference(), ours)).toBe(false);
    const { success, output } = await push(inVariable);
    expect(output).toContain(`signed ${repository()} (`);
    expect(success).toBe(true);
    expect(cosign.verifies(reference(), ours)).toBe(true);
    expect(cosign.verifies(reference(), theirs)).toBe(true);
  });

  it('does not sign again', async () => {
    const { success, output } = await push(inVariable);
    expect(output).toContain('signed already');
    expect(success).toBe(true);
    expect(await signaturesOf(registry, name, digest())).toBe(2);
    expect((await push(inVariable, true)).output).toMatch(/skipped: signed already$/m);
  });

  it('leaves a changed image unsigned until it is pushed with the key', async () => {
    pointTo({ [repository()]: '' });
    workspace.write({ 'files/content': `${prefix} changed\n` });
    await build();
    expect((await push()).success).toBe(true);
    expect(cosign.verifies(reference(), ours)).toBe(false);
    pointTo({ [repository()]: withKey });
    expect((await push(inVariable)).success).toBe(true);
    expect(cosign.verifies(reference(), ours)).toBe(true);
  });
});

describe('docker-push pushes nothing', () => {
  const repository = (): string => `${registry.address}/refused/app`;
  beforeAll(() => pointTo({ [repository()]: withKey }));
  const value = 'AKIA/some+other-credential';

  it.each<[what: string, environment: () => NodeJS.ProcessEnv, said: RegExp]>([
    ['without cosign', () => ({ PATH: pathWithout('cosign') }), /error\s+no-cosign\s+`cosign` is not installed/],
    [
      'with a wrong password',
      () => ({ COSIGN_PASSWORD: 'wrong-Password' }),
      /error\s+bad-key .*SIGNING_KEY: .*decrypt/,
    ],
    ['without the password', () => ({ COSIGN_PASSWORD: undefined }), /hint: set COSIGN_PASSWORD/],
    ['without the variable', () => ({ SIGNING_KEY: '' }), /bad-key .*SIGNING_KEY, which `sign` names, is not set/],
    ['with another credential in the variable', () => ({ SIGNING_KEY: value }), /SIGNING_KEY is not a key for/],
    [
      'that copies the file of the key',
      () => ({ SIGNING_KEY: 'files/content' }),
      /secret-in-image .*copies files\/content, which is a secret: the key that SIGNING_KEY names/,
    ],
    ['with another file', () => ({ SIGNING_KEY: 'package.json' }), /the file of SIGNING_KEY is not a private key/],
  ])('%s', async (_, changed, said) => {
    for (const dryRun of [false, true]) {
      const { success, output } = await push(changed(), dryRun);
      expect(output).toMatch(said);
      expect(success).toBe(false);
      expect(output).not.toContain(value);
    }
    expect(await tagsIn(repository())).toEqual([]);
  });
});

it('pushes nothing that is to be signed keyless on a machine without an identity token', async () => {
  if (hasIdentityToken(environment)) {
    console.warn('this machine has an identity token, so nothing is signed keyless here');
    return;
  }
  const repository = `${registry.address}/keyless/app`;
  pointTo({ [repository]: 'sign: { keyless: true }' });
  const { success, output } = await push();
  expect(output).toMatch(/error\s+bad-key\s+there is no identity token on this machine/);
  expect(success).toBe(false);
  expect(await tagsIn(repository)).toEqual([]);
});

it('needs neither cosign nor a key where nothing active is signed', async () => {
  const [open, off] = [`${registry.address}/open/app`, `${registry.address}/off/app`];
  pointTo({ [open]: '', [off]: `only_if: NOT_SET, ${withKey}` });
  const { success, output } = await push({ PATH: pathWithout('cosign'), SIGNING_KEY: undefined });
  expect(output).toContain(`pushed ${open}:1.0.0`);
  expect(success).toBe(true);
});

it('fails if an image is pushed and cannot be signed, and signs it the next time', async () => {
  const repository = `${proxy.address}/faulty/app`;
  pointTo({ [repository]: withKey });
  proxy.intercept = refuses(({ method, url }) => method === 'PUT' && url!.endsWith('.sig'), 403);
  const failed = await push();
  expect(failed.output).toContain(`pushed ${repository}:1.0.0`);
  expect(failed.output).toMatch(/is pushed, but not signed; the next docker-push signs it/);
  expect(failed.success).toBe(false);
  proxy.intercept = () => false;
  const { success, output } = await push();
  expect(output).toMatch(/skipped .*there already/);
  expect(output).toContain(`signed ${repository} (`);
  expect(success).toBe(true);
});

it('signs what it copies from staging without an engine, and not what is in staging', async () => {
  const [staging, target] = [`${registry.address}/staging/all`, `${registry.address}/copied/app`];
  const section = `staging: { repository: ${staging} }`;
  workspace.write({ 'manifest.yml': manifest({ [target]: withKey }, section), 'files/content': `${prefix} staged\n` });
  expect((await nx('run-many -t docker-build')).status).toBe(0);
  const here = { PATH: `${cosign.folder}:${withoutEngines()}`, IMAGE_LOAD: 'false' };
  const { status, output } = await nx(`run ${project}:docker-push`, here);
  expect(output).toContain(`signed ${target} (`);
  expect(status).toBe(0);
  expect(cosign.verifies(`${target}:1.0.0`, ours)).toBe(true);
  expect((await tagsIn(staging)).filter((tag) => tag.endsWith('.sig'))).toEqual([]);
});

it('signs no image that only its labels say is ours, and takes one with attestations and our signature', async () => {
  const repository = `${registry.address}/attested/app`;
  const attested = 'release_spec: { attestations: { provenance: min } }';
  workspace.write({ 'manifest.yml': manifest({ [repository]: withKey }, attested) });
  expect((await nx(`run ${project}:docker-build`)).status).toBe(0);
  const { buildId } = workspace.readJson<BuildRecord>(record);
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY ours/cosign.pub /evil\n');
  const label = `${BUILD_ID_LABEL}=${buildId}`;
  const options = ['--quiet', '--provenance=mode=min', '--push', '--label', label, '--tag', `${repository}:1.0.0`];
  docker('buildx', 'build', ...options, folder);
  const forged = await registryClient().digest(`${repository}:1.0.0`);

  expect((await push({}, true)).output).toMatch(new RegExp(`${repository}:1.0.0 .* push$`, 'm'));
  const first = await push();
  expect(first.output).toContain(`pushed ${repository}:1.0.0 `);
  expect(first.output).toContain(`signed ${repository} (`);
  expect(cosign.verifies(`${repository}:1.0.0`, ours)).toBe(true);
  expect(cosign.verifies(`${repository}@${forged}`, ours)).toBe(false);

  removeImages(prefix);
  await build();
  const again = await push();
  expect(again.output).toContain('there already by its build ID');
  expect(again.output).toContain('signed already');
  expect(again.success).toBe(true);
});
