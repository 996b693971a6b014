import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistrySession, type RegistrySession } from '@nx-image-matrix/engine';
import type { OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { account, loginRegistry } from '../support/login-registry.ts';
import { pushedVariables } from '../support/registry-content.ts';
import { Workspace } from '../support/workspace.ts';

describe('docker-refresh with an engine', () => {
  const prefix = uniquePrefix();
  /** Images of Docker Hub, of which the stand's registry is the engine's mirror. */
  const [twelve, thirteen] = [`${prefix}base:12`, `${prefix}base:13`];
  const repository = `nx-image-matrix-test/${prefix}app`;
  let locked: OwnRegistry;
  let logins: RegistrySession;
  let workspace: Workspace;

  /** Pushes an image with this variable. */
  function move(reference: string, value: string, environment: NodeJS.ProcessEnv = {}): void {
    const context = mkdtempSync(join(tmpdir(), 'base-'));
    writeFileSync(join(context, 'Dockerfile'), `FROM scratch\nCOPY Dockerfile /${prefix}\nENV BASE=${value}\n`);
    const config = environment['DOCKER_CONFIG'] === undefined ? [] : ['--config', environment['DOCKER_CONFIG']];
    docker('build', '--quiet', '-t', reference, context);
    docker(...config, 'push', '--quiet', reference);
    docker('image', 'rm', reference);
    rmSync(context, { recursive: true });
  }

  beforeAll(async () => {
    locked = await loginRegistry();
    logins = await openRegistrySession();
    await logins.login(locked.address, account.user, account.password);
    move(`${registry}/library/${twelve}`, 'twelve');
    move(`${registry}/library/${thirteen}`, 'thirteen');
    move(`${locked.address}/tool:1`, 'tool', { DOCKER_CONFIG: logins.configDir });
    workspace = new Workspace({
      files: {
        'manifest.yml': `
version: 1.0.0
repository: { local: { registry: { app: "${registry}/${repository}" } } }
packages: { app: { runtime: [debian] } }
release_spec: { templates_dir: templates }
releases:
  debian:
    12: { base_image: "${twelve}", add_to_tags: "12" }
    13: { base_image: "${thirteen}", add_to_tags: "13" }
`,
        'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
        'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY nx.json /nx.json\n',
      },
      plugin: { prefix, engine: 'docker' },
    });
  });
  afterAll(async () => {
    await locked.stop();
    await logins.close();
    removeImages(prefix);
    workspace.dispose();
  });

  const bases = () =>
    Promise.all([pushedVariables(repository, '1.0.0-12-runtime'), pushedVariables(repository, '1.0.0-13-runtime')]);

  it('locks what the mirror of the engine has, and the images are built on it', async () => {
    const output = workspace.nxOk('run images:docker-refresh');
    expect(output).toContain('images.lock: 2 new');
    const digest = await registryDigest(`library/${prefix}base`, '12');
    expect(workspace.read('images.lock')).toContain(`\n${twelve}: ${digest}\n`);
    workspace.commit('lock');
    workspace.nxOk('run-many -t docker-push');
    expect(await bases()).toEqual([['BASE=twelve'], ['BASE=thirteen']]);
  });

  it('builds and pushes exactly the images on a base that moved', async () => {
    move(`${registry}/library/${twelve}`, 'moved');
    move(`${registry}/library/${thirteen}`, 'moved');
    expect(workspace.nxOk('run-many -t docker-push')).not.toContain('built (');
    const output = workspace.nxOk(`run images:docker-refresh --only=${prefix}base:12`);
    expect(output).toMatch(new RegExp(`^${twelve} +\\w{12} +\\w{12} +2 \\(1 directly\\)$`, 'm'));
    expect(workspace.affected('docker-push')).toEqual([`${prefix}app-debian12-runtime`]);
    workspace.nxOk('affected -t docker-push --base=HEAD');
    expect(await bases()).toEqual([['BASE=moved'], ['BASE=thirteen']]);
    workspace.commit('moved');
  });

  it('asks a registry with the login of the engine', async () => {
    const reference = `${locked.address}/tool:1`;
    workspace.write({
      'templates/runtime.Dockerfile.liquid': `FROM {{ from }}\nCOPY --from=${reference} /${prefix} /tool\n`,
    });
    const without = workspace.nx('run images:docker-refresh');
    expect(without.status).toBe(1);
    expect(without.output).toContain(
      `${reference}  error  unauthorized  ${locked.address} was asked for ${reference}: 401`,
    );
    expect(without.output).toContain(`hint: log in to ${locked.address} with an account that may read the repository`);
    const environment = { DOCKER_CONFIG: logins.configDir };
    expect(workspace.nxOk('run images:docker-refresh', environment)).toContain('1 new');
    const { output } = workspace.nx(`run ${prefix}app-debian13-runtime:docker-build`, environment);
    expect(output).toContain('built (');
    expect(workspace.read('images.lock')).not.toContain(account.password);
  });
});
