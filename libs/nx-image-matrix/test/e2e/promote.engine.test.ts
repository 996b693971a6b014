import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import { registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

const manifest = (repository: string): string => `version: 1.2.3
repository:
  local:
    only_if: PUSH_TO
    registry:
      app: ${repository}
release_types:
  runtime:
    from: base
    floating_tags: ['{{ distro.id }}']
release_spec:
  templates_dir: templates
  base_image: scratch
  multistage_image: false
packages:
  app:
    runtime: [one, two]
releases:
  one:
    1: { add_to_tags: one }
  two:
    2: { add_to_tags: two }
`;

describe('docker-promote', () => {
  const prefix = uniquePrefix();
  const repository = `nx-image-matrix-test/${prefix}app`;
  const environment = { PUSH_TO: 'yes' };
  let proxy: RegistryProxy;
  let workspace: Workspace;
  /** Digests of the own tags and of the floating tags. */
  const digests = async (): Promise<(string | undefined)[]> =>
    Promise.all(
      ['1.2.3-one-runtime', '1.2.3-two-runtime', 'one1', 'two2'].map((tag) => registryDigest(repository, tag)),
    );
  /** Not `workspace.nx`, which would block this process, and with it the proxy. */
  const nx = (args: string, env: Record<string, string> = {}) => workspace.nxBeside(args, { ...environment, ...env });
  const push = async (projects = '') => {
    const { status, output } = await nx(`run-many -t docker-push ${projects}`.trim());
    if (status !== 0) throw new Error(output);
  };
  const promote = (args = '', env: Record<string, string> = {}) => nx(`run images:docker-promote ${args}`.trim(), env);

  beforeAll(async () => {
    proxy = await registryProxy(registry);
    workspace = new Workspace({
      files: {
        'manifest.yml': manifest(`${proxy.address}/${repository}`),
        'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY files/{{ distro.name }} /file\n',
        'files/one': 'one\n',
        'files/two': 'two\n',
      },
      plugin: { prefix },
    });
    workspace.nxOk('run-many -t docker-build');
  });
  afterAll(() => {
    proxy.close();
    removeImages(prefix);
    workspace.dispose();
  });

  it('moves nothing until all images are pushed, and names what is missing', async () => {
    await push(`-p ${prefix}app-one1-runtime`);
    const { status, output } = await promote();
    expect(status).toBe(1);
    expect(output).toContain('no tag was moved');
    expect(output).toContain(`${proxy.address}/${repository}:1.2.3-two-runtime is not there`);
    expect(output).toContain(`${prefix}app-two2-runtime`);
    expect((await digests()).slice(2)).toEqual([undefined, undefined]);
  });

  it('prints in a dry run what it would move, and moves nothing', async () => {
    await push();
    const { status, output } = await promote('--dryRun');
    expect(status).toBe(0);
    const source = `${proxy.address}/${repository}:1.2.3-one-runtime`;
    expect(output).toMatch(new RegExp(`${proxy.address}/${repository}:one1 +- +\\w{12}  move to ${source}`));
    expect((await digests()).slice(2)).toEqual([undefined, undefined]);
  });

  it('moves all tags without an engine, and has nothing to do the second time', async () => {
    const { status, output } = await promote('', { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(status).toBe(0);
    expect(output).toContain(`moved ${proxy.address}/${repository}:two2 from nothing to `);
    const [one, two, ...floating] = await digests();
    expect(one).toMatch(/^sha256:/);
    expect(two).not.toBe(one);
    expect(floating).toEqual([one, two]);
    const again = await promote();
    expect(again.status).toBe(0);
    expect(again.output).toContain(`skipped ${proxy.address}/${repository}:one1`);
    expect(again.output).not.toContain('moved ');
  });

  it('refuses images that were pushed before an edit', async () => {
    workspace.write({ 'files/one': 'one, edited\n' });
    const before = await digests();
    const { status, output } = await promote();
    expect(status).toBe(1);
    expect(output).toContain('of the current files');
    expect(await digests()).toEqual(before);
  });

  it('rejects generated files that do not match the manifest', async () => {
    workspace.edit('templates/runtime.Dockerfile.liquid', '/file', '/other');
    const { status, output } = await promote();
    expect(status).toBe(1);
    expect(output).toContain('does not hold the files of the manifest');
    workspace.edit('templates/runtime.Dockerfile.liquid', '/other', '/file');
  });

  it('restores the moved tags if the registry fails permanently half-way', async () => {
    workspace.write({ 'files/two': 'two, edited\n' });
    await push();
    const before = await digests();
    proxy.intercept = ({ method, url }, response) => {
      if (method !== 'PUT' || !url?.endsWith('/manifests/two2')) return false;
      response.writeHead(403).end();
      return true;
    };
    const { status, output } = await promote();
    expect(status).toBe(1);
    expect(output).toContain(`failed ${proxy.address}/${repository}:two2`);
    expect(output).toContain(`put back ${proxy.address}/${repository}:one1`);
    expect(await digests()).toEqual(before);
  });
});
