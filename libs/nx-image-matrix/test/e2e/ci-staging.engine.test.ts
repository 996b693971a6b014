import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { registryProxy, type Intercept, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import { runGithub, runGitlab, type JobResult, type RunnerOptions } from '../support/ci-runner.ts';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { OwnDocker, whyNoOwnDocker } from '../support/own-docker.ts';
import { Workspace } from '../support/workspace.ts';

const prefix = uniquePrefix();
const namespace = `nx-image-matrix-test/${prefix}`;
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const manifest = (address: string): string => `version: 1.0.0
staging: { repository: ${address}/${namespace}staging, only_if: STAGING_PASSWORD, user: STAGING_USERNAME, pwd: STAGING_PASSWORD }
repository:
  target: { user: HUB_USERNAME, pwd: HUB_PASSWORD, registry: { app: ${address}/${namespace}app } }
packages: { app: { runtime: [plain], tools: [plain] } }
release_types: { runtime: { from: base }, tools: { from: runtime } }
releases:
  plain:
    1: { templates_dir: templates, base_image: scratch, add_to_tags: one }
    2: { templates_dir: templates, base_image: scratch, add_to_tags: two }
`;
const types = ['base', 'runtime', 'tools'];
const files = Object.fromEntries(
  types.flatMap((type) => [
    [
      `templates/${type}.Dockerfile.liquid`,
      `FROM {{ from }}\nCOPY files/${type}-{{ distro.version }} /${type}-{{ distro.version }}\n`,
    ],
    ...[1, 2].map((version) => [`files/${type}-${version}`, `${prefix}${type}${version}\n`]),
  ]),
);

/** The accounts of the registry: name and password, and what they may do. */
const accounts = [
  { user: 'writer', password: 'writes-staging-7', reads: true, writes: /\/\S*staging\// },
  { user: 'reader', password: 'reads-staging-7', reads: true, writes: /^never$/ },
  { user: 'pusher', password: 'pushes-images-7', reads: true, writes: /\/\S*app\// },
];
const headerOf = ({ user, password }: { user: string; password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const onlyAccounts: Intercept = ({ method = '', url = '', headers }, response) => {
  const account = accounts.find((each) => headerOf(each) === headers.authorization);
  const isRead = ['GET', 'HEAD'].includes(method);
  if (account && (isRead || account.writes.test(url))) return false;
  const status = account ? 403 : 401;
  response.writeHead(status, { 'www-authenticate': 'Basic realm="registry"', 'content-type': 'application/json' });
  response.end(`{"errors":[{"code":"${account ? 'DENIED' : 'UNAUTHORIZED'}","message":"no access"}]}`);
  return true;
};

const secrets = {
  STAGING_USERNAME: 'writer',
  STAGING_PASSWORD: 'writes-staging-7',
  STAGING_USERNAME_READ: 'reader',
  STAGING_PASSWORD_READ: 'reads-staging-7',
  HUB_USERNAME: 'pusher',
  HUB_PASSWORD: 'pushes-images-7',
};

let proxy: RegistryProxy;
let second: OwnDocker | undefined;
let workspace: Workspace;
let folder: string;
let remote: string;

beforeAll(async () => {
  proxy = await registryProxy(registry, onlyAccounts);
  const why = whyNoOwnDocker();
  if (why === undefined) {
    second = new OwnDocker('200m', 'host');
    await second.start();
  } else console.warn(`both machines have one engine: ${why}`);
  folder = mkdtempSync(join(tmpdir(), 'ci-staging-'));
  remote = join(folder, 'remote.git');
  workspace = new Workspace({ files: { 'manifest.yml': manifest(proxy.address), ...files }, plugin: { prefix } });
  workspace.nxOk('g nx-image-matrix:ci --provider=both --shards=2 --cache=none --no-interactive');
  workspace.nxOk('run-many -t docker-generate');
  workspace.commit('images and workflows');
  workspace.git('clone', '--quiet', '--bare', workspace.root, remote);
  workspace.git('remote', 'add', 'origin', remote);
});
afterAll(async () => {
  proxy.close();
  removeImages(prefix);
  workspace.dispose();
  rmSync(folder, { recursive: true, force: true });
  await second?.stop();
});

/** Machines without images, but for what the registry has. */
function freshMachines(): void {
  removeImages(prefix);
  if (!second) return;
  const held = docker('--host', second.host, 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
  const own = held.filter((reference) => reference.includes(prefix));
  if (own.length > 0) docker('--host', second.host, 'image', 'rm', '--force', ...own);
}

/** The first machine of a job has the first engine, the second one another; jobs that push have none. */
function machine(job: string, index: number): NodeJS.ProcessEnv {
  if (/push|promote/.test(job)) return { DOCKER_HOST: 'unix:///nothing', PATH: withoutEngines() };
  return index === 1 && second ? { DOCKER_HOST: second.host } : {};
}

/** The programs of `PATH`, without engines. */
function withoutEngines(): string {
  const programs = join(folder, 'programs');
  if (existsSync(programs)) return programs;
  execFileSync('mkdir', [programs]);
  for (const path of ['/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(delimiter)].filter(existsSync)) {
    for (const name of readdirSync(path)) {
      const isEngine = /docker|podman|buildah|buildx|buildctl|containerd|runc/.test(name);
      if (!isEngine && !existsSync(join(programs, name))) {
        try {
          symlinkSync(join(path, name), join(programs, name));
        } catch {
          // A link that leads nowhere.
        }
      }
    }
  }
  return programs;
}

function optionsWith(change: Partial<RunnerOptions>, environment: NodeJS.ProcessEnv): RunnerOptions {
  const { env } = workspace.nxCommand('--version').options;
  return {
    remote,
    folder: join(folder, 'run'),
    environment: { ...env, CI: 'true', GITHUB_REPOSITORY: 'acme/shop', NX_HEAD: 'HEAD', ...environment },
    prepare: (clone) => symlinkSync(join(workspace.root, 'node_modules'), join(clone, 'node_modules')),
    machine,
    secrets,
    ...change,
  };
}

function github(change: Partial<RunnerOptions>, base = 'HEAD~1'): Promise<JobResult[]> {
  return runGithub(workspace.read('.github/workflows/images.yml'), optionsWith(change, { NX_BASE: base }));
}

const resultsOf = (jobs: JobResult[]): string[] => jobs.map(({ name, result }) => `${name}: ${result}`);
const outputOf = (jobs: JobResult[], name: string): string[] =>
  jobs.filter((job) => job.name === name).map(({ output }) => output);
const count = (output: string, words: RegExp): number => output.match(new RegExp(words, 'g'))?.length ?? 0;
const builds = (jobs: JobResult[], name: string): number[] =>
  outputOf(jobs, name).map((output) => count(output, / built \(/));
const stagedTags = async (): Promise<string[]> => {
  const response = await fetch(`http://${registry}/v2/${namespace}staging/tags/list`);
  return (((await response.json()) as { tags?: string[] }).tags ?? []).sort();
};
const pushed = (tag: string): Promise<string | undefined> => registryDigest(`${namespace}app`, tag);

/** Edits one leaf in a commit, on the main branch or on another one. */
function editLeaf(what: string, branch = 'main'): void {
  workspace.write({ 'files/tools-1': `${prefix}${what}\n` });
  workspace.commit(what);
  workspace.git('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`);
}

describe('the workflows of GitHub with staging', () => {
  it('build on two machines, and push on one without an engine', async () => {
    const jobs = await github({}, emptyTree);
    expect([...resultsOf(jobs), ...jobs.filter(({ result }) => result === 'failure').map((job) => job.output)]).toEqual(
      ['check: success', 'build: skipped', 'stage: success', 'stage: success', 'push: success'],
    );
    expect(builds(jobs, 'stage')).toEqual([3, 3]);
    expect(await stagedTags()).toHaveLength(6);
    const [output = ''] = outputOf(jobs, 'push');
    expect(output).not.toContain('docker-build');
    expect(count(output, /pushed \S+:\S+ \(/)).toBe(4);
    for (const tag of ['1.0.0-one-runtime', 'tools-one', 'tools-two']) expect(await pushed(tag)).toMatch(/^sha256:/);
  });

  it('build an edited leaf once, on one machine, and push that alone', async () => {
    freshMachines();
    const before = { tags: await stagedTags(), one: await pushed('tools-one'), two: await pushed('tools-two') };
    editLeaf('edited');
    const jobs = await github({});
    expect(resultsOf(jobs).slice(2)).toEqual(['stage: success', 'stage: success', 'push: success']);
    expect(builds(jobs, 'stage').sort()).toEqual([0, 1]);
    expect(count(outputOf(jobs, 'stage').join(''), /reused from staging \(not pulled/)).toBe(2);
    expect(await stagedTags()).toHaveLength(before.tags.length + 1);
    expect(count(outputOf(jobs, 'push').join(''), /pushed \S+:\S+ \(/)).toBe(1);
    expect(await pushed('tools-one')).not.toBe(before.one);
    expect(await pushed('tools-two')).toBe(before.two);
  });

  it('let a pull request reuse what is there, build its change, and put nothing there', async () => {
    freshMachines();
    const before = await stagedTags();
    editLeaf('a pull request', 'change');
    proxy.requests.length = 0;
    const jobs = await github({ event: 'pull_request', branch: 'change' });
    expect(resultsOf(jobs)).toEqual([
      'check: success',
      'build: success',
      'build: success',
      'stage: skipped',
      'push: skipped',
    ]);
    expect(builds(jobs, 'build').sort()).toEqual([0, 1]);
    const output = outputOf(jobs, 'build').join('');
    expect(count(output, /reused from staging \(not pulled/)).toBe(2);
    expect(count(output, /nothing is put into staging in \S+ in this run: this login may only read/)).toBe(1);
    expect(await stagedTags()).toEqual(before);
  });

  it('build the pull request of a fork, which gets no secret, without staging', async () => {
    const before = await stagedTags();
    const jobs = await github({ event: 'pull_request', branch: 'change', secrets: {} });
    expect(resultsOf(jobs).slice(1, 3)).toEqual(['build: success', 'build: success']);
    expect(builds(jobs, 'build').sort()).toEqual([0, 3]);
    expect(await stagedTags()).toEqual(before);
  });

  it('stop on the main branch if the login of staging is missing', async () => {
    const jobs = await github({ secrets: {} });
    expect(resultsOf(jobs).slice(2)).toEqual(['stage: failure', 'stage: failure', 'push: skipped']);
    expect(outputOf(jobs, 'stage')[0]).toContain('STAGING_PASSWORD is not set: without it there is no staging');
  });

  it('push what a pull request had built only after the main branch has built it', async () => {
    freshMachines();
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    const jobs = await github({});
    expect(builds(jobs, 'stage').sort()).toEqual([0, 1]);
    expect(count(outputOf(jobs, 'push').join(''), /pushed \S+:\S+ \(/)).toBe(1);
  });
});

describe('the pipeline of GitLab with staging', () => {
  function gitlab(names: string[], change: Partial<RunnerOptions>, environment: NodeJS.ProcessEnv = {}) {
    return runGitlab(
      workspace.read('.gitlab/ci/images.yml'),
      names,
      optionsWith(change, { ...secrets, CI_COMMIT_SHA: 'HEAD', ...environment }),
    );
  }
  /** GitLab replaces variables in the values of others. */
  const since = (base: string) => ({
    machine: (job: string, index: number) => ({ ...machine(job, index), NX_BASE: base }),
  });

  it('lets a merge request read, and builds and pushes on the main branch', async () => {
    freshMachines();
    const before = await stagedTags();
    editLeaf('a merge request', 'change');
    const request = await gitlab(['images:build'], { branch: 'change', ...since('HEAD~1') });
    expect(resultsOf(request)).toEqual(['images:build: success', 'images:build: success']);
    expect(builds(request, 'images:build').sort()).toEqual([0, 1]);
    expect(outputOf(request, 'images:build').join('')).toContain('this login may only read');
    expect(await stagedTags()).toEqual(before);

    freshMachines();
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    const jobs = await gitlab(['images:stage', 'images:push'], since('HEAD~1'));
    expect([...resultsOf(jobs), ...jobs.filter(({ result }) => result === 'failure').map((job) => job.output)]).toEqual(
      ['images:stage: success', 'images:stage: success', 'images:push: success'],
    );
    expect(builds(jobs, 'images:stage').sort()).toEqual([0, 1]);
    expect(await stagedTags()).toHaveLength(before.length + 1);
    expect(count(outputOf(jobs, 'images:push').join(''), /pushed \S+:\S+ \(/)).toBe(1);
  });
});

describe('the workflows with a machine for each platform', () => {
  const both = ['amd64', 'arm64'];

  beforeAll(() => {
    workspace.edit('manifest.yml', 'add_to_tags: one }', 'add_to_tags: one, platforms: [linux/amd64, linux/arm64] }');
    workspace.nxOk('g nx-image-matrix:ci --provider=both --cache=none --no-interactive');
  });

  /** Everything is new: another content, and no image anywhere. */
  function start(what: string): void {
    freshMachines();
    workspace.write({ 'files/base-1': `${prefix}${what}\n`, 'files/base-2': `${prefix}${what}\n` });
    workspace.nxOk('run-many -t docker-generate');
    workspace.commit(what);
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
  }
  /** The architectures of the manifests that a tag leads to; a single image has none. */
  async function architecturesOf(tag: string): Promise<string[]> {
    const headers = { accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json' };
    const response = await fetch(`http://${registry}/v2/${namespace}app/manifests/${tag}`, { headers });
    const { manifests = [] } = (await response.json()) as { manifests?: { platform: { architecture: string } }[] };
    return manifests.map(({ platform }) => platform.architecture);
  }
  const failures = (jobs: JobResult[]): string[] =>
    jobs.filter(({ result }) => result === 'failure').map((job) => job.output);

  it('build each platform on its own, and push the joined index without an engine: GitHub', async () => {
    start('github with platforms');
    const jobs = await github({});
    expect([...resultsOf(jobs), ...failures(jobs)]).toEqual([
      'check: success',
      'build: skipped',
      'stage: success',
      'stage: success',
      'push: success',
    ]);
    // An image without `platforms` is built by the machine for linux/amd64 alone.
    expect(builds(jobs, 'stage')).toEqual([6, 3]);
    expect(await architecturesOf('1.0.0-one-runtime')).toEqual(both);
    expect(await architecturesOf('tools-one')).toEqual(both);
    expect(await architecturesOf('tools-two')).toEqual([]);
    expect(await pushed('tools-two')).toMatch(/^sha256:/);
  });

  it('build each platform on its own, and push the joined index without an engine: GitLab', async () => {
    start('gitlab with platforms');
    const before = await pushed('tools-one');
    const jobs = await runGitlab(
      workspace.read('.gitlab/ci/images.yml'),
      ['images:stage', 'images:push'],
      optionsWith(
        { machine: (job, index) => ({ ...machine(job, index), NX_BASE: 'HEAD~1' }) },
        { ...secrets, CI_COMMIT_SHA: 'HEAD' },
      ),
    );
    expect([...resultsOf(jobs), ...failures(jobs)]).toEqual([
      'images:stage: success',
      'images:stage: success',
      'images:push: success',
    ]);
    expect(builds(jobs, 'images:stage')).toEqual([6, 3]);
    expect(await architecturesOf('tools-one')).toEqual(both);
    expect(await pushed('tools-one')).not.toBe(before);
  });
});

describe('the workflows of images with tests and scans', () => {
  const sarif = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'Trivy' } }, results: [] }] });
  const calls = (): string => readFileSync(join(folder, 'gh-calls'), 'utf8');
  let generated: string;

  beforeAll(() => {
    workspace.edit(
      'manifest.yml',
      'tools: { from: runtime }',
      'tools: { from: runtime, tests: [tests.yaml], scan: {} }',
    );
    workspace.write({
      'tests.yaml':
        "schemaVersion: 2.0.0\nfileExistenceTests: [{ name: it is there, path: \"/tools-{{ distro.version | replace: '2', '3' }}\" }]\n",
    });
    generated = workspace.nxOk('g nx-image-matrix:ci --provider=both --cache=none --no-interactive');
    workspace.nxOk('run-many -t docker-generate');
    workspace.commit('tests and scans');
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    const programs = {
      trivy: `[ "$1" = image ] || exit 0; echo '${sarif}'`,
      gh: `echo "$*" >> ${folder}/gh-calls; for arg; do case $arg in sarif=@*) base64 -d "\${arg#sarif=@}" | gunzip >> ${folder}/gh-calls ;; esac; done`,
    };
    mkdirSync(join(folder, 'scanners'));
    for (const [name, text] of Object.entries(programs)) {
      writeFileSync(join(folder, 'scanners', name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    }
  });
  const withScanner = (job: string, index: number): NodeJS.ProcessEnv => ({
    ...machine(job, index),
    ...(job.endsWith('scan') && { PATH: `${join(folder, 'scanners')}${delimiter}${process.env['PATH']}` }),
  });

  it('test what is staged, hold back what has failed, and upload what a scanner finds: GitHub', async () => {
    expect(generated).toContain('let .github/install-image-scanner.sh install a scanner');
    freshMachines();
    const before = await pushed('tools-two');
    workspace.write({ 'files/tools-1': `${prefix}tested\n`, 'files/tools-2': `${prefix}tested\n` });
    workspace.commit('tools');
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    const jobs = await github({ machine: withScanner, secrets: { ...secrets, GITHUB_TOKEN: 'token' } });
    const result = Object.fromEntries(jobs.map((job) => [job.name, job.result]));
    expect([result, jobs.map(({ output }) => output).join('')]).toEqual([
      { check: 'success', build: 'skipped', stage: 'success', test: 'failure', push: 'failure', scan: 'success' },
      expect.stringContaining(`| ${prefix}app-plain1-tools | 1 | 0 | 0 |\n`),
    ]);
    expect(outputOf(jobs, 'test').join('')).toContain(`| ${prefix}app-plain2-tools | 1 | 1 | 0 |\n`);
    const [push = ''] = outputOf(jobs, 'push');
    expect(push).toContain(`${prefix}app:tools-two is not pushed: it has not passed its tests`);
    expect(count(push, /pushed \S+:tools-one \(/)).toBe(1);
    expect(await pushed('tools-two')).toBe(before);
    for (const version of [1, 2]) expect(calls()).toContain(`docker-scan/${prefix}app-plain${version}-tools/`);
    expect(count(calls(), /api --method POST repos\/acme\/shop\/code-scanning\/sarifs /)).toBe(2);
  });

  it('test what is staged, and push what has passed: GitLab', async () => {
    freshMachines();
    workspace.edit('tests.yaml', "'3'", "'2'");
    workspace.commit('the right test');
    workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/main');
    const jobs = await runGitlab(
      workspace.read('.gitlab/ci/images.yml'),
      ['images:test', 'images:push', 'images:scan'],
      optionsWith(
        { machine: (job, index) => ({ ...withScanner(job, index), NX_BASE: 'HEAD~2' }) },
        { ...secrets, CI_COMMIT_SHA: 'HEAD' },
      ),
    );
    expect([...resultsOf(jobs), jobs.find(({ result }) => result === 'failure')?.output]).toEqual([
      'images:test: success',
      'images:push: success',
      'images:scan: success',
      undefined,
    ]);
    expect(count(outputOf(jobs, 'images:test').join(''), /passed 1 tests/)).toBe(1);
    expect(count(outputOf(jobs, 'images:push').join(''), /pushed \S+:tools-two \(/)).toBe(1);
  });
});

describe('tasks that are spread over machines one by one, as by Nx Agents', () => {
  it('take parents from staging, whichever machine has built them', async () => {
    freshMachines();
    const environment = { CI: 'true', IMAGE_LOAD: 'false', ...secrets };
    const machines = [0, 1].map((index) => {
      const there = new Workspace({
        files: {},
        origin: remote,
        environment: { ...environment, ...machine('', index) },
      });
      there.write({ 'files/base-2': `${prefix}for agents\n` });
      return there;
    });
    for (const [index, type] of types.entries()) {
      const task = `run ${prefix}app-plain2-${type}:docker-build --exclude-task-dependencies`;
      const { status, output } = await machines[index % 2]!.nxBeside(task);
      expect([type, status, output]).toEqual([type, 0, expect.stringContaining('built (')]);
    }
    for (const there of machines) there.dispose();
  });
});
