import { BUILD_ID_LABEL, registryClient } from '@nx-image-matrix/engine';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import { refuses, requests, times } from '../../../engine/src/testing/registry-faults.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

const names = ['one', 'two', 'three'];
const record = 'dist/docker/app/plain1/runtime/build.json';

const manifest = (repository: (name: string) => string): string => `version: 1.2.3
repository:
${names.map((name) => `  ${name}: { registry: { app: ${repository(name)} } }`).join('\n')}
  closed: { only_if: NO_SUCH_TOKEN, registry: { app: registry.example.com/app } }
packages: { app: { runtime: [plain] } }
release_types: { runtime: { from: base } }
releases:
  plain:
    1: { templates_dir: templates, base_image: scratch, multistage_image: false }
`;

describe('docker-push of an image with three repositories', () => {
  const prefix = uniquePrefix();
  const repository = (name: string): string => `nx-image-matrix-test/${prefix}${name}`;
  const reference = (name: string): string => `${proxy.address}/${repository(name)}:1.2.3-runtime`;
  let proxy: RegistryProxy;
  let workspace: Workspace;
  const push = (args = '') => {
    proxy.requests.length = 0;
    return workspace.nxBeside(`run ${prefix}app-plain1-runtime:docker-push ${args}`.trim());
  };
  const written = (): string[] => proxy.requests.filter((request) => !/^(GET|HEAD) /.test(request));
  const digests = () => Promise.all(names.map((name) => registryDigest(repository(name), '1.2.3-runtime')));
  const recorded = () => Object.keys(workspace.readJson<BuildRecord>(record).pushed);

  beforeAll(async () => {
    proxy = await registryProxy(registry);
    workspace = new Workspace({
      files: {
        'manifest.yml': manifest((name) => `${proxy.address}/${repository(name)}`),
        'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/content /content\n',
        'files/content': `${prefix}\n`,
      },
      plugin: { prefix },
    });
  });
  afterAll(() => {
    proxy.close();
    removeImages(prefix);
    workspace.dispose();
  });

  it('prints in a dry run what it would push where, before anything is built', async () => {
    workspace.nxOk('run-many -t docker-generate');
    const { status, output } = await push('--dryRun --excludeTaskDependencies');
    expect(status).toBe(0);
    for (const name of names) {
      expect(output).toMatch(new RegExp(`${reference(name)} +- +- +push, once docker-build has built it$`, 'm'));
    }
    expect(output).toMatch(/registry\.example\.com\/app:1\.2\.3-runtime +- +- +skipped: NO_SUCH_TOKEN is not set/);
    expect(written()).toEqual([]);
  });

  it('fails, names the one that failed, and records the others', async () => {
    proxy.intercept = refuses((incoming) => requests('PUT', 'manifests')(incoming) && /two/.test(incoming.url!), 403);
    const { status, output } = await push();
    expect(status).toBe(1);
    expect(output).toContain(`pushed ${reference('one')}`);
    expect(output).toContain(`failed ${reference('two')}`);
    expect(output).toContain(`pushed ${reference('three')}`);
    expect(recorded()).toEqual([reference('one'), reference('three')]);
    const [one, two, three] = await digests();
    expect([two, three]).toEqual([undefined, one]);
  });

  it('prints in a dry run, also of a batch, that only that one is left', async () => {
    for (const command of [
      `run ${prefix}app-plain1-runtime:docker-push --dryRun`,
      'run-many -t docker-push --dry-run',
    ]) {
      proxy.requests.length = 0;
      const { status, output } = await workspace.nxBeside(command);
      expect(status).toBe(0);
      expect(output).toMatch(/REFERENCE +FROM +TO +ACTION/);
      expect(output).toMatch(new RegExp(`${reference('one')} +(\\w{12}) +\\1 +skipped: there already`));
      expect(output).toMatch(new RegExp(`${reference('two')} +- +\\w{12} +push$`, 'm'));
      expect(written()).toEqual([]);
    }
  });

  it('pushes only the missing one the second time, also when the registry fails once', async () => {
    proxy.intercept = times(1, refuses(requests('PUT', 'manifests'), 503));
    const { status, output } = await push();
    expect(output).toContain('try 2 of 5');
    expect(status).toBe(0);
    expect(written().length).toBeGreaterThan(0);
    expect(written().filter((request) => !request.includes(`/v2/${repository('two')}/`))).toEqual([]);
    expect(recorded().toSorted()).toEqual(names.map(reference).toSorted());
    const [one, ...others] = await digests();
    expect(others).toEqual([one, one]);
  });

  it('fails in a dry run when the registry cannot be read', async () => {
    proxy.intercept = refuses(requests('HEAD', 'manifests'), 403);
    const { status, output } = await push('--dryRun');
    expect(status).toBe(1);
    expect(output).toContain(`failed ${reference('one')}`);
    expect(output).toContain('log in to');
    proxy.intercept = () => false;
  });

  it('pushes the image that was checked, even if its name moves to another one', async () => {
    workspace.write({ 'files/content': `${prefix} edited\n` });
    const local = `${prefix}app:1.2.3-runtime`;
    let renamed = false;
    // The first request to the registry comes after the image was checked in the engine.
    proxy.intercept = () => {
      if (!renamed) docker('image', 'tag', 'debian:bookworm-slim', local);
      renamed = true;
      return false;
    };
    const { status, output } = await push();
    expect(output).toContain(`pushed ${reference('one')}`);
    expect(status).toBe(0);
    const { imageId, buildId } = workspace.readJson<BuildRecord>(record);
    expect(docker('image', 'inspect', '--format', '{{.Id}}', local)).not.toBe(imageId);
    const client = registryClient();
    const there = await client.manifest(reference('one'));
    expect(await client.label(reference('one'), there!, BUILD_ID_LABEL)).toEqual([buildId]);
    expect(new Set(await digests())).toEqual(new Set([there!.digest]));
  });

  it('pushes to each repository with the account of its entry, and only tags that cannot be filled in fail', async () => {
    const accounts: Record<string, string> = { one: 'alice:alice-pw', two: 'bob:bob-pw' };
    const [one, two] = names.map((name) => repository(name));
    workspace.write({
      'files/content': `${prefix} with accounts\n`,
      'manifest.yml': `version: 1.2.3
repository:
  one: { user: A_USER, pwd: A_PW, registry: { app: ${proxy.address}/${one} } }
  two: { user: B_USER, pwd: B_PW, registry: { app: ${proxy.address}/${two} } }
packages: { app: { runtime: [plain] } }
release_types: { runtime: { from: base, tags: ["{{ version }}-runtime", "{{ run.sha }}"] } }
releases:
  plain:
    1: { templates_dir: templates, base_image: scratch, multistage_image: false }
`,
    });
    workspace.nxOk('run-many -t docker-build');
    const used = new Set<string>();
    proxy.intercept = (incoming, response) => {
      const account = Buffer.from(incoming.headers.authorization?.split(' ')[1] ?? '', 'base64').toString();
      const name = names.find((candidate) => incoming.url!.startsWith(`/v2/${repository(candidate)}/`));
      if (account && name) used.add(`${name} ${account}`);
      if (account && (name === undefined || accounts[name] === account)) return false;
      incoming.resume();
      response.writeHead(account ? 403 : 401, { 'www-authenticate': 'Basic realm="r"' }).end();
      return true;
    };
    const environment = { A_USER: 'alice', A_PW: 'alice-pw\n', B_USER: 'bob', B_PW: 'bob-pw', GIT_DIR: '/nonexistent' };
    for (const args of ['', ' --dryRun']) {
      const command = `run ${prefix}app-plain1-runtime:docker-push --excludeTaskDependencies${args}`;
      const { status, output } = await workspace.nxBeside(command, environment);
      expect(status).toBe(1);
      expect(output).toContain('git cannot tell the commit for {{ run.sha }}');
      for (const name of ['one', 'two']) expect(output).toMatch(new RegExp(`${reference(name)}.*`));
      expect(output).not.toContain('403');
    }
    expect([...used].toSorted()).toEqual(['one alice:alice-pw', 'two bob:bob-pw']);
    expect(await registryDigest(repository('one'), '1.2.3-runtime')).toBe(
      await registryDigest(repository('two'), '1.2.3-runtime'),
    );
    proxy.intercept = () => false;
  });
});
