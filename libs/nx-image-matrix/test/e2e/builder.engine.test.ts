import { registryClient } from '@nx-image-matrix/engine';
import { remoteBuilder, type RemoteBuilder } from '../../../engine/src/testing/remote-builder.ts';
import { refuses } from '../../../engine/src/testing/registry-faults.ts';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { PARENTS_LABEL } from '../../src/staging/parents-label.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { account, loginRegistry } from '../support/login-registry.ts';
import { watchedRun } from '../support/watched-run.ts';
import { Workspace } from '../support/workspace.ts';

/* The BuildKit of the stand's daemon is a remote builder; the docker that the plugin sees has no daemon at all. */

const prefix = uniquePrefix();
const namespace = `nx-image-matrix-test/${prefix}`;
const types = ['base', 'runtime', 'tools'];

const manifest = (
  address: string,
  staging = `staging: { repository: ${address}/${namespace}staging }`,
): string => `version: 1.0.0
${staging}
repository: { target: { registry: { app: ${address}/${namespace}app } } }
packages: { app: { runtime: [plain], tools: [plain] } }
release_types: { runtime: { from: base }, tools: { from: runtime } }
releases: { plain: { 1: { templates_dir: templates, base_image: scratch, add_to_tags: one } } }
`;
const files = Object.fromEntries(
  types.flatMap((type) => [
    [`templates/${type}.Dockerfile.liquid`, `FROM {{ from }}\nCOPY files/${type} /${type}\n`],
    [`files/${type}`, `${prefix}${type}\n`],
  ]),
);
const nameOf = (type: string): string => `${prefix}app-plain1-${type}`;

let builder: RemoteBuilder;
let proxy: RegistryProxy;
const workspaces: Workspace[] = [];
const noDaemon = { DOCKER_HOST: 'unix:///nothing', IMAGE_LOAD: 'false' };

function machine(environment: NodeJS.ProcessEnv = noDaemon, text = manifest(proxy.address)): Workspace {
  const workspace = new Workspace({
    files: { 'manifest.yml': text, ...files },
    plugin: { prefix },
    environment: { ...builder.environment, ...environment },
  });
  workspaces.push(workspace);
  return workspace;
}

const recordOf = (workspace: Workspace, type: string): BuildRecord =>
  workspace.readJson(`dist/docker/app/plain1/${type}/build.json`);
const held = (): string[] =>
  docker('image', 'ls', '--all')
    .split('\n')
    .filter((line) => line.includes(prefix));
const client = registryClient();

beforeAll(async () => {
  const socket = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace('unix://', '');
  [builder, proxy] = await Promise.all([remoteBuilder(socket), registryProxy(registry)]);
});
afterAll(() => {
  builder.stop();
  proxy.close();
  for (const workspace of workspaces) workspace.dispose();
  removeImages(prefix);
});

describe('a builder elsewhere, and no docker daemon', () => {
  let first: Workspace;

  it('builds a chain of images into staging, and a push takes them from there', async () => {
    first = machine();
    const { status, output } = await first.nxBeside('run-many -t docker-push');
    expect(output.match(/ built \(/g)).toHaveLength(3);
    expect(status).toBe(0);
    expect(held()).toEqual([]);
    for (const [index, type] of types.entries()) {
      const { staging, buildId, from, platform } = recordOf(first, type);
      expect([from, platform]).toEqual(['build', null]);
      const reference = `${proxy.address}/${namespace}staging:${buildId.slice('sha256:'.length)}`;
      expect(await client.digest(reference)).toBe(staging?.digest);
      const manifestOfImage = await client.manifest(reference);
      const [parents] = await client.label(reference, manifestOfImage!, PARENTS_LABEL);
      const above = index === 0 ? '' : `=${recordOf(first, types[index - 1]!).staging?.digest}`;
      expect(parents).toContain(above);
    }
    expect(await client.digest(`${proxy.address}/${namespace}app:tools-one`)).toBe(
      recordOf(first, 'tools').staging?.digest,
    );
  });

  it('builds nothing the second time, here and on another machine', async () => {
    for (const workspace of [first, machine()]) {
      const { status, output } = await workspace.nxBeside('run-many -t docker-build');
      expect(output).not.toContain(' built (');
      expect(output.match(/reused from staging/g)).toHaveLength(3);
      expect(status).toBe(0);
    }
  });

  it('builds only the edited leaf', async () => {
    const other = machine();
    other.write({ 'files/tools': 'edited\n' });
    const { status, output } = await other.nxBeside('run-many -t docker-build');
    expect(output.match(/ built \(/g)).toHaveLength(1);
    expect(status).toBe(0);
  });

  it('gives two runs that build the same at once one digest for each image', async () => {
    const both = [machine(), machine()];
    for (const workspace of both) workspace.write({ 'files/base': 'at once\n' });
    const results = await Promise.all(both.map((workspace) => workspace.nxBeside('run-many -t docker-build')));
    for (const { status, output } of results) expect([status, status === 0 ? '' : output]).toEqual([0, '']);
    for (const type of types) {
      const [one, other] = both.map((workspace) => recordOf(workspace, type).staging?.digest);
      expect(one).toBe(other);
    }
  });

  it('says that staging is needed, before anything of ours is started from', async () => {
    const { status, output } = await machine(noDaemon, manifest(proxy.address, '')).nxBeside(
      `run ${nameOf('base')}:docker-build`,
    );
    expect(output).toContain('the manifest has no `staging`, and no docker daemon can take it');
    expect(status).toBe(1);
  });

  it('says that nothing can be put into staging with a login that may only read', async () => {
    proxy.intercept = refuses(({ method }) => method !== 'HEAD' && method !== 'GET', 403);
    const other = machine();
    other.write({ 'files/base': 'read-only\n' });
    const { status, output } = await other.nxBeside(`run ${nameOf('base')}:docker-build`);
    proxy.intercept = () => false;
    expect(output).toContain('this login may only read');
    expect(output).toContain('nothing can be put into staging, and no docker daemon can take it');
    expect(status).toBe(1);
  });

  it.each([['that does not exist', { BUILDX_BUILDER: 'nobody' }, 'the builder "nobody" does not exist']])(
    'is an error before anything is built if it is one %s',
    async (_, environment, message) => {
      const { status, output } = await machine({ ...noDaemon, ...environment }).nxBeside(
        `run ${nameOf('tools')}:docker-build --force`,
      );
      expect(output).toMatch(/error\s+builder-failed/);
      expect(output).toContain(message);
      expect(status).toBe(1);
    },
  );
});

describe('a builder elsewhere, beside a docker daemon', () => {
  it('is the one of the plugin option; images are pulled if they are to be run', async () => {
    const { BUILDX_BUILDER: name, BUILDX_CONFIG } = builder.environment;
    const workspace = new Workspace({
      files: { 'manifest.yml': manifest(proxy.address), ...files, 'files/tools': 'loaded\n' },
      plugin: { prefix, builder: name, load: true },
      environment: { BUILDX_CONFIG, CI: '' },
    });
    workspaces.push(workspace);
    const { status, output } = await workspace.nxBeside(`run ${nameOf('tools')}:docker-build`);
    expect(output.match(/ built \(/g)).toHaveLength(1);
    expect(output.match(/reused from staging \(pulled/g)).toHaveLength(2);
    expect(status).toBe(0);
    expect(docker('image', 'inspect', '--format', '{{.Id}}', `${prefix}app:tools-one`)).toBe(
      recordOf(workspace, 'tools').imageId,
    );
    const again = await workspace.nxBeside(`run ${nameOf('tools')}:docker-build`);
    expect(again.output.match(/is up to date/g)).toHaveLength(3);
    removeImages(prefix);
  });

  it('loads images that start from none of ours without staging, and says that others need it', async () => {
    const workspace = machine({ DOCKER_HOST: process.env['DOCKER_HOST'] }, manifest(proxy.address, ''));
    const base = await workspace.nxBeside(`run ${nameOf('base')}:docker-build`);
    expect(base.status).toBe(0);
    expect(held()).toHaveLength(1);
    const { status, output } = await workspace.nxBeside(`run ${nameOf('runtime')}:docker-build`);
    expect(output).toMatch(/the builder "\S+" does not see \S+, which is an image of the engine/);
    expect(output).toContain('set `staging` in the manifest');
    expect(status).toBe(1);
  });

  it('has the logins of staging, and its password is nowhere to be seen', async () => {
    const own = await loginRegistry();
    try {
      const text = manifest(
        own.address,
        `staging: { repository: ${own.address}/${namespace}staging, user: STAGING_USER, pwd: STAGING_PASSWORD }`,
      );
      const workspace = machine({ ...noDaemon, STAGING_USER: account.user, STAGING_PASSWORD: account.password }, text);
      const run = await watchedRun(workspace, `run ${nameOf('tools')}:docker-build --verbose`);
      expect(run.output.match(/ built \(/g)).toHaveLength(3);
      expect(run.status).toBe(0);
      expect([...run.commandLines].filter((line) => line.includes(account.password))).toEqual([]);
      expect(run.output).not.toContain(account.password);
    } finally {
      await own.stop();
    }
  });
});
