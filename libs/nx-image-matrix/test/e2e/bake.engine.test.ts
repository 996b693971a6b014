import { spawnSync } from 'node:child_process';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { smallMatrix, smallMatrixImages, smallRepository } from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

const prefix = uniquePrefix();
const repository = `nx-image-matrix-test/${prefix}app`;
/** Values that bake would read as expressions, and a second package that copies from the first. */
const manifest = smallMatrix['manifest.yml']!.replace(
  smallRepository,
  `${registry}/${repository}\n  hub:\n    only_if: HUB\n    registry:\n      app: docker.io/acme/app`,
)
  .replace('packages:\n', 'packages:\n  tool:\n    runtime: [debian12]\n')
  .concat(
    `package_spec:
  app:
    args: { GREETING: "\${HOME} costs $1, 50 %{off}" }
    labels: { org.example.note: "$\${x}" }
  tool:
    platforms: [linux/amd64]
    secrets: [{ id: token, src: token.txt }]
release_types:
  runtime:
    floating_tags: ["latest-{{ package }}-{{ distro.id }}"]
`,
  );
const files = {
  ...smallMatrix,
  'token.txt': 'secret\n',
  'manifest.yml': manifest,
  'templates/runtime.Dockerfile.liquid': `FROM {{ from }}
ARG GREETING
RUN echo "$GREETING" > /greeting
{% if package == 'tool' %}COPY --from=${prefix}app:base-slim /distro /from-app
{% endif %}`,
};

interface BakeFile {
  group: Record<string, { targets: string[] }>;
  target: Record<string, Record<string, unknown> & { tags: string[] }>;
}

describe('the generator bake', () => {
  let workspace: Workspace;
  const bake = (...args: string[]) => {
    const result = spawnSync('docker', ['buildx', 'bake', ...args], { cwd: workspace.root, encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    return result.stdout;
  };
  const print = (...args: string[]) => JSON.parse(bake('--print', ...args)) as BakeFile;
  const target = (name: string) => `${prefix}${name}`;

  beforeAll(() => {
    workspace = new Workspace({ files, plugin: { prefix } });
    workspace.nxOk('sync');
    workspace.nxOk(`g nx-image-matrix:bake --repositories=${registry}`);
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('writes a file that bake reads as the matrix', () => {
    const { target: targets } = print();
    expect(Object.keys(targets).sort()).toEqual(
      [...smallMatrixImages, 'tool-debian12-base', 'tool-debian12-runtime'].map(target),
    );
    expect(targets[target('app-debian12-runtime')]).toEqual({
      context: '.',
      dockerfile: 'docker/app/debian12/runtime/Dockerfile',
      contexts: { [`${prefix}app:base-slim`]: `target:${target('app-debian12-base')}` },
      args: { GREETING: '${HOME} costs $1, 50 %{off}' },
      labels: {
        'org.example.note': '$${x}',
        'org.opencontainers.image.title': 'app',
        'org.opencontainers.image.base.name': 'debian:bookworm-slim',
      },
      tags: [`${registry}/${repository}:1.2.3-slim-runtime`],
    });
    expect(targets[target('tool-debian12-runtime')]).toMatchObject({
      contexts: {
        [`${prefix}tool:base-slim`]: `target:${target('tool-debian12-base')}`,
        [`${prefix}app:base-slim`]: `target:${target('app-debian12-base')}`,
      },
      platforms: ['linux/amd64'],
      secret: ['id=token,src=token.txt'],
      tags: [`${prefix}tool:1.2.3-slim-runtime`],
    });
  });

  it('has groups by package, by release type, and of what is pushed', () => {
    const { group } = workspace.readJson<{ group: BakeFile['group'] }>('docker-bake.json');
    expect(Object.keys(group)).toEqual([
      'default',
      'pushed',
      'package-app',
      'package-tool',
      'type-base',
      'type-devel',
      'type-runtime',
      'release-base',
      'release-devel',
      'release-runtime',
    ]);
    expect(group['pushed']!.targets).toEqual(
      ['app-debian12-devel', 'app-debian12-runtime', 'app-debian13-runtime'].map(target),
    );
    expect(Object.keys(print('package-tool').target).sort()).toEqual(
      ['app-debian12-base', 'tool-debian12-base', 'tool-debian12-runtime'].map(target),
    );
  });

  it('refuses secrets that docker-build refuses', () => {
    const { status, output } = workspace.nx('g nx-image-matrix:bake --output=ci.json', { CI: 'true' });
    expect(`${status} ${output}`).toMatch(/^0 /);
    workspace.edit('manifest.yml', 'src: token.txt', 'env: PIP_TOKEN');
    const refused = workspace.nx('g nx-image-matrix:bake --output=ci.json', { CI: 'true' });
    expect(refused.status).toBe(1);
    expect(refused.output).toContain('the build secret "token" may not be the environment variable PIP_TOKEN in CI');
    workspace.edit('manifest.yml', 'env: PIP_TOKEN', 'src: /etc/hostname');
    const outside = workspace.nx('g nx-image-matrix:bake --output=ci.json');
    expect(outside.status).toBe(1);
    expect(outside.output).toContain('which lies outside of the workspace');
    workspace.edit('manifest.yml', 'src: /etc/hostname', 'src: token.txt');
  });

  it('writes the same again, whatever the version of a run', () => {
    const text = workspace.read('docker-bake.json');
    workspace.nxOk(`g nx-image-matrix:bake --repositories=${registry}`, { IMAGE_VERSION: '9.9.9' });
    expect(workspace.read('docker-bake.json')).toBe(text);
  });

  it('includes a package with its parents, and floating tags on request', () => {
    workspace.nxOk('g nx-image-matrix:bake --packages=app --floatingTags --output=app.json');
    const { target: targets } = print('--file', 'app.json');
    expect(Object.keys(targets).filter((name) => name.includes('tool'))).toEqual([]);
    expect(targets[target('app-debian13-runtime')]!.tags).toEqual(
      [`${registry}/${repository}`, 'docker.io/acme/app'].flatMap((name) =>
        ['1.2.3-slim13-runtime', 'latest-app-debian13'].map((tag) => `${name}:${tag}`),
      ),
    );
  });

  it('lets bake build an image on our base, and push it', async () => {
    bake('--push', target('app-debian12-runtime'));
    expect(await registryDigest(repository, '1.2.3-slim-runtime')).toMatch(/^sha256:/);
    bake('--load', target('app-debian12-runtime'));
    const child = `${registry}/${repository}:1.2.3-slim-runtime`;
    // Its base wrote /distro, and no registry has an image with the name of that base.
    expect(docker('run', '--rm', '--entrypoint', '', child, 'cat', '/distro', '/greeting')).toBe(
      'debian12\n${HOME} costs $1, 50 %{off}',
    );
  });

  it('does not overwrite a file written by something else', () => {
    const before = workspace.git('status', '--porcelain');
    const { status, output } = workspace.nx('g nx-image-matrix:bake --output=package.json');
    expect(output).toContain('package.json is there, and not by this generator');
    expect(status).toBe(1);
    expect(workspace.git('status', '--porcelain')).toBe(before);
  });
});
