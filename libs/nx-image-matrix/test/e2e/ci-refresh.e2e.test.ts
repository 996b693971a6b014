import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGithub, type JobResult } from '../support/ci-runner.ts';
import { fakeRegistry, type FakeRegistry } from '../support/fake-registry.ts';
import { Workspace } from '../support/workspace.ts';

const manifest = (tools: string): string => `
repository: { local: { registry: { app: "registry.example.com/app" } } }
packages: { app: { runtime: [debian] } }
release_spec: { templates_dir: templates, args: { TOOL: "${tools}/tool:1" } }
releases:
  debian:
    12: { base_image: "debian:bookworm-slim", add_to_tags: slim }
    13: { base_image: "debian:trixie-slim", add_to_tags: slim13 }
`;

const branch = 'nx-image-matrix/refresh-bases';

/** Writes the description of each pull request to a file; there is none before. */
const gh = `#!/bin/sh
case "$*" in *'--method POST'*) cp dist/refreshed-bases/request.md "$PULL_REQUEST" ;; esac
`;

describe('the nightly workflow with docker-refresh and docker-explain', () => {
  let hub: FakeRegistry;
  let tools: FakeRegistry;
  let workspace: Workspace;
  let folder: string;
  let remote: string;

  beforeAll(async () => {
    hub = await fakeRegistry('hub/library/debian:bookworm-slim', 'hub/library/debian:trixie-slim');
    tools = await fakeRegistry('tool:1');
    folder = mkdtempSync(join(tmpdir(), 'ci-refresh-'));
    remote = join(folder, 'remote.git');
    writeFileSync(join(folder, 'gh'), gh, { mode: 0o755 });
    workspace = new Workspace({
      files: {
        'manifest.yml': manifest(tools.address),
        'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
        'templates/runtime.Dockerfile.liquid':
          'ARG TOOL\nFROM $TOOL AS tool\nFROM {{ from }}\nCOPY --from=tool /a /b\n',
      },
      plugin: { mirrors: { 'docker.io': `${hub.address}/hub` } },
    });
    workspace.nxOk('g nx-image-matrix:ci --cache=none --no-interactive');
    await refresh();
    workspace.commit('a lock and workflows');
    workspace.git('clone', '--quiet', '--bare', workspace.root, remote);
    workspace.git('remote', 'add', 'origin', remote);
  });
  beforeEach(() => {
    hub.fault = tools.fault = () => false;
    rmSync(join(folder, 'pull-request.md'), { force: true });
  });
  afterAll(() => {
    hub.close();
    tools.close();
    workspace.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function refresh(): Promise<void> {
    const { status, output } = await workspace.nxBeside('run images:docker-refresh');
    if (status !== 0) throw new Error(output);
  }

  async function night(): Promise<Record<string, JobResult['result'] | string>> {
    const { env } = workspace.nxCommand('--version').options;
    const results = await runGithub(workspace.read('.github/workflows/images-nightly.yml'), {
      remote,
      folder: join(folder, 'run'),
      without: ['nightly'],
      environment: {
        ...env,
        CI: 'true',
        PATH: `${folder}:${env['PATH']}`,
        PULL_REQUEST: join(folder, 'pull-request.md'),
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_REPOSITORY_OWNER: 'acme',
      },
      // What the step "Install" would do.
      prepare: (clone) => {
        if (clone.endsWith('/refresh')) {
          symlinkSync(join(workspace.root, 'node_modules'), join(clone, 'node_modules'));
        }
      },
    });
    return Object.fromEntries(
      results.map(({ name, result, output }) => [name, result === 'failure' ? output : result]),
    );
  }

  it('does nothing when nothing has moved', async () => {
    expect(await night()).toEqual({ locks: 'success', refresh: 'success', request: 'skipped' });
  });

  it('requests to move a base, and the main branch builds exactly the images on it', async () => {
    hub.move('hub/library/debian:bookworm-slim');
    expect(await night()).toEqual({ locks: 'success', refresh: 'success', request: 'success' });
    workspace.git('fetch', '--quiet', 'origin', branch);
    expect(workspace.git('diff', '--name-only', 'HEAD', 'FETCH_HEAD').trim().split('\n')).toEqual([
      'docker/app/debian12/base/Dockerfile',
      'docker/app/debian12/base/image.json',
      'docker/app/debian12/runtime/image.json',
      'images.lock',
    ]);
    const description = readFileSync(join(folder, 'pull-request.md'), 'utf8');
    expect(description).toMatch(/base debian:bookworm-slim moved/);
    expect(description).toContain('`app-debian12-runtime`');
    expect(description).not.toContain('debian13');

    workspace.git('merge', '--quiet', 'FETCH_HEAD');
    workspace.git('push', '--quiet', 'origin', 'main');
    expect(workspace.nx('sync:check').status).toBe(0);
    const affected = workspace.nxOk('show projects --affected --base=HEAD~1 --with-target docker-push --json');
    expect(JSON.parse(affected)).toEqual(['app-debian12-runtime']);
  });

  it('requests what has moved and fails, when one of two registries does not answer', async () => {
    hub.move('hub/library/debian:trixie-slim');
    tools.move('tool:1');
    tools.fault = (_, response) => {
      response.writeHead(401).end();
      return true;
    };
    const { refresh: output, ...others } = await night();
    expect(others).toEqual({ locks: 'success', request: 'success' });
    expect(output).toContain(`${tools.address}/tool:1`);
    expect(output).toContain('Not every base image could be refreshed');
    const description = readFileSync(join(folder, 'pull-request.md'), 'utf8');
    expect(description).toContain('debian:trixie-slim moved');
    expect(description).not.toContain('tool:1 moved');
  });
});
