import { spawn } from 'node:child_process';
import { fakeRegistry, type FakeRegistry } from '../support/fake-registry.ts';
import { Workspace } from '../support/workspace.ts';

/** Debian 12 and 13 come through the mirror of Docker Hub; the runtime images copy from a tool of another registry. */
const manifest = (tools: string): string => `
repository: { local: { registry: { app: "registry.example.com/app" } } }
packages: { app: { runtime: [debian] } }
release_spec: { templates_dir: templates, args: { TOOL: "${tools}/tool:1" } }
releases:
  debian:
    12: { base_image: "debian:bookworm-slim", add_to_tags: slim }
    13: { base_image: "debian:trixie-slim", add_to_tags: slim13 }
`;

describe('docker-refresh', () => {
  let hub: FakeRegistry;
  let tools: FakeRegistry;
  let workspace: Workspace;

  beforeAll(async () => {
    hub = await fakeRegistry('hub/library/debian:bookworm-slim', 'hub/library/debian:trixie-slim');
    tools = await fakeRegistry('tool:1');
    workspace = new Workspace({
      files: {
        'manifest.yml': manifest(tools.address),
        'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
        'templates/runtime.Dockerfile.liquid':
          'ARG TOOL\nFROM $TOOL AS tool\nFROM {{ from }}\nCOPY --from=tool /a /b\n',
      },
      plugin: { mirrors: { 'docker.io': `${hub.address}/hub` } },
    });
    workspace.nxOk('sync');
    workspace.commit('files');
  });
  beforeEach(() => {
    hub.fault = tools.fault = () => false;
    hub.asked.length = tools.asked.length = 0;
  });
  afterAll(() => {
    hub.close();
    tools.close();
    workspace.dispose();
  });

  const refresh = (args = '') => workspace.nxBeside(`run images:docker-refresh ${args}`.trim());
  const affected = () => workspace.affected('docker-push');
  const all = ['app-debian12-runtime', 'app-debian13-runtime'];

  it('asks no registry when Nx makes its graph', () => {
    workspace.write({ 'images.lock': `debian:bookworm-slim: sha256:${'a'.repeat(64)}\n` });
    workspace.nxOk('reset');
    expect(workspace.images()).toHaveLength(4);
    workspace.nxOk('sync');
    workspace.nxOk('run-many -t docker-generate');
    workspace.reset();
    workspace.remove('images.lock');
    expect([...hub.asked, ...tools.asked]).toEqual([]);
  });

  it('makes a lock that selects every image on an external base', async () => {
    const { status, output } = await refresh();
    expect(output).toContain('images.lock: 3 new; wrote the files of 4 images');
    expect(status).toBe(0);
    expect(affected()).toEqual(all);
    expect(workspace.nx('sync:check').status).toBe(0);
    workspace.commit('lock');
    expect(affected()).toEqual([]);
  });

  it('selects exactly the images on a base that moved, and what starts from them, before and after nx sync', async () => {
    hub.move('hub/library/debian:bookworm-slim');
    const check = await refresh('--check');
    expect(check.status).toBe(1);
    expect(check.output).toMatch(/^debian:bookworm-slim +\w{12} +\w{12} +2 \(1 directly\)$/m);
    expect(affected()).toEqual([]);
    expect((await refresh()).status).toBe(0);
    expect(workspace.git('diff', '--name-only').split('\n')).toEqual([
      'docker/app/debian12/base/Dockerfile',
      'docker/app/debian12/base/image.json',
      'docker/app/debian12/runtime/image.json',
      'images.lock',
      '',
    ]);
    expect(affected()).toEqual(['app-debian12-runtime']);
    workspace.git('checkout', '--', 'docker');
    expect(affected()).toEqual(['app-debian12-runtime']);
    workspace.nxOk('sync');
    expect(affected()).toEqual(['app-debian12-runtime']);
    workspace.commit('moved');
  });

  it('moves the bases of the registries that answer, and says at the end which did not', async () => {
    const before = workspace.read('images.lock').split('\n');
    hub.move('hub/library/debian:trixie-slim');
    tools.move('tool:1');
    tools.fault = (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end();
      return true;
    };
    const { status, output } = await refresh();
    expect(status).toBe(1);
    expect(output).toContain('images.lock: 1 moved; 1 not answered, whose lines stay; wrote the files of 2 images');
    expect(output).toContain(
      `${tools.address}/tool:1  error  registry-failed  ${tools.address} was asked for ${tools.address}/tool:1: 429 Too Many Requests`,
    );
    expect(output).toContain(`hint: ${tools.address} limits how often it is asked: log in to it`);
    const after = workspace.read('images.lock').split('\n');
    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(/^debian:trixie-slim: /)]);
    workspace.commit('moved');
  });

  it('tells how far it is if a registry takes more than a second', async () => {
    tools.fault = (_, response) => {
      setTimeout(() => response.writeHead(404).end(), 2_500);
      return true;
    };
    const { status, output } = await refresh();
    expect(status).toBe(0);
    expect(output).toContain(`asking ${tools.address}: 0 of 1 answered`);
    expect(output).not.toContain('asking docker.io');
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('leaves the old lock if it is ended by %s', async (signal) => {
    const before = workspace.read('images.lock');
    hub.move('hub/library/debian:trixie-slim');
    const { command, args, options } = workspace.nxCommand('run images:docker-refresh');
    const child = spawn(command, args, { ...options, stdio: 'ignore', detached: true });
    await new Promise<void>((resolve) => {
      tools.fault = () => {
        resolve();
        return true;
      };
    });
    process.kill(-child.pid!, signal);
    await new Promise((resolve) => child.on('close', resolve));
    expect(workspace.read('images.lock')).toBe(before);
    expect(workspace.git('status', '--porcelain')).toBe('');
  });

  it('needs no engine', async () => {
    const command = 'run images:docker-refresh --only=debian:* --only=*/tool:1';
    const { status, output } = await workspace.nxBeside(command, { DOCKER_HOST: 'unix:///nowhere.sock' });
    expect([status, output]).toEqual([0, expect.stringContaining('images.lock: ')]);
    expect(hub.asked.length + tools.asked.length).toBe(3);
    workspace.commit('moved');
  });
});
