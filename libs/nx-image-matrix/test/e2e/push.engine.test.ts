import { Workspace } from '../support/workspace.ts';
import { smallMatrixFor } from '../support/matrices.ts';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';

describe('docker-push', () => {
  const prefix = uniquePrefix();
  const repository = `nx-image-matrix-test/${prefix}app`;
  let workspace: Workspace;

  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrixFor(`${registry}/${repository}`), plugin: { prefix } });
    workspace.nxOk('run-many -t docker-build');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('succeeds and says why when no repository is active', () => {
    const { status, output } = workspace.nx('run-many -t docker-push');
    expect(status).toBe(0);
    expect(output).toContain('was not pushed: no repository is active');
    expect(output).toContain('PUSH_TO is not set');
  });

  it('pushes every tag of every image, except base images', async () => {
    const output = workspace.nxOk('run-many -t docker-push', { PUSH_TO: 'yes' });
    for (const tag of ['1.2.3-slim-runtime', '1.2.3-slim13-runtime', 'devel-slim']) {
      const digest = await registryDigest(repository, tag);
      expect(digest).toMatch(/^sha256:/);
      expect(output).toContain(`pushed ${registry}/${repository}:${tag}`);
    }
    expect(await registryDigest(repository, 'base-slim')).toBeUndefined();
    const record = workspace.readJson<{ pushed: Record<string, string> }>('dist/docker/app/debian12/devel/build.json');
    expect(record.pushed).toEqual({
      [`${registry}/${repository}:devel-slim`]: await registryDigest(repository, 'devel-slim'),
    });
  });

  it('skips what the registry has already, and reports it', async () => {
    const before = await registryDigest(repository, 'devel-slim');
    const output = workspace.nxOk('run-many -t docker-push', { PUSH_TO: 'yes' });
    expect(output).toMatch(new RegExp(`skipped ${registry}/${repository}:devel-slim \\(\\w+, there already\\)`));
    expect(output).not.toContain('pushed ');
    expect(await registryDigest(repository, 'devel-slim')).toBe(before);
  });

  it('pushes again what the registry has lost, and only that', async () => {
    const digest = await registryDigest(repository, 'devel-slim');
    const { status } = await fetch(`http://${registry}/v2/${repository}/manifests/${digest}`, { method: 'DELETE' });
    expect(status).toBe(202);
    const output = workspace.nxOk('run-many -t docker-push', { PUSH_TO: 'yes' });
    expect(output).toContain(`pushed ${registry}/${repository}:devel-slim`);
    expect(output).toContain(`skipped ${registry}/${repository}:1.2.3-slim-runtime`);
    expect(await registryDigest(repository, 'devel-slim')).toBe(digest);
  });

  it('gives a registry an image that runs', () => {
    const reference = `${registry}/${repository}:1.2.3-slim-runtime`;
    docker('image', 'rm', '--force', reference, `${prefix}app:1.2.3-slim-runtime`);
    expect(docker('run', '--rm', '--quiet', reference)).toBe('app on debian12');
  });

  it('fails and names the variable if a login is missing', () => {
    workspace.edit('manifest.yml', '    only_if: PUSH_TO\n', '    user: NO_SUCH_USER\n    pwd: NO_SUCH_PASSWORD\n');
    const { status, output } = workspace.nx('run-many -t docker-push', { NO_SUCH_USER: 'someone' });
    expect(status).toBe(1);
    expect(output).toContain('NO_SUCH_PASSWORD is not set');
    workspace.edit('manifest.yml', '    user: NO_SUCH_USER\n    pwd: NO_SUCH_PASSWORD\n', '    only_if: PUSH_TO\n');
  });

  it('refuses an image that was built before an edit', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo edited');
    workspace.nxOk(`run ${prefix}app-debian12-devel:docker-generate`);
    const { status, output } = workspace.nx(`run ${prefix}app-debian12-devel:docker-push --exclude-task-dependencies`, {
      PUSH_TO: 'yes',
    });
    expect(status).toBe(1);
    expect(output).toContain('was not built from the current files');
    workspace.nxOk(`run ${prefix}app-debian12-devel:docker-push`, { PUSH_TO: 'yes' });
  });

  it('rejects an image that uses a release version if none is set, and pushes the others', async () => {
    workspace.edit('manifest.yml', 'version: 1.2.3\n', '');
    const { status, output } = workspace.nx('run-many -t docker-push', { PUSH_TO: 'yes' });
    expect(status).toBe(1);
    expect(output).toContain('none was given');
    expect(output).toContain(`skipped ${registry}/${repository}:devel-slim`);
    expect(await registryDigest(repository, 'dev-slim-runtime')).toBeUndefined();
    const versioned = workspace.nxOk('run-many -t docker-push', { PUSH_TO: 'yes', IMAGE_VERSION: '9.9.9' });
    expect(versioned).toContain(`pushed ${registry}/${repository}:9.9.9-slim-runtime`);
    workspace.edit('manifest.yml', 'repository:', 'version: 1.2.3\nrepository:');
  });
});
