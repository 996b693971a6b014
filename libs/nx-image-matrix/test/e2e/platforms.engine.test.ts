import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registryClient } from '@nx-image-matrix/engine';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { OwnDocker, whyNoOwnDocker } from '../support/own-docker.ts';
import { Workspace } from '../support/workspace.ts';

/*
 * Two machines build a platform each, without emulation: nothing runs in these builds. A third one joins them. What is in
 * the registry then is read with plain HTTP requests.
 */

const prefix = uniquePrefix();
const namespace = `nx-image-matrix-test/${prefix}`;
const both = '[linux/amd64, linux/arm64]';

const manifest = (platforms = both, others = ''): string => `version: 1.0.0
staging: { repository: ${registry}/${namespace}staging }
repository:
  target: { registry: { app: ${registry}/${namespace}app } }
  second: { only_if: SECOND, registry: { app: ${registry}/${namespace}second } }
packages: { app: { runtime: [plain] } }
release_types: { base: { push: false }, runtime: { from: base, floating_tags: [latest] } }
releases:
  plain:
    1: { templates_dir: templates, base_image: scratch, add_to_tags: one, platforms: ${platforms}${others} }
`;
const files = {
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nARG TARGETARCH\nCOPY files/${TARGETARCH} /base\n',
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nARG TARGETARCH\nCOPY files/${TARGETARCH} /runtime\n',
  ...Object.fromEntries(['amd64', 'arm64', 's390x'].map((name) => [`files/${name}`, `${prefix}${name}\n`])),
};
const [base, runtime] = [`${prefix}app-plain1-base`, `${prefix}app-plain1-runtime`];

let second: OwnDocker | undefined;
const workspaces: Workspace[] = [];

function machine(environment: NodeJS.ProcessEnv = {}, text = manifest()): Workspace {
  const workspace = new Workspace({
    files: { 'manifest.yml': text, ...files },
    plugin: { prefix },
    environment: { IMAGE_LOAD: 'false', ...environment },
  });
  workspaces.push(workspace);
  return workspace;
}

const recordOf = (workspace: Workspace, type: string): BuildRecord =>
  workspace.readJson(`dist/docker/app/plain1/${type}/build.json`);
const elsewhere = (): NodeJS.ProcessEnv => (second ? { DOCKER_HOST: second.host } : {});
const which = (program: string): string => execFileSync('which', [program], { encoding: 'utf8' }).trim();
function withoutEngine(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'no-engine-'));
  for (const program of ['git', 'sh', 'node']) symlinkSync(which(program), join(folder, program));
  return { DOCKER_HOST: 'unix:///nothing', PATH: folder };
}

interface Index {
  mediaType: string;
  manifests: { digest: string; platform: { architecture: string; os: string } }[];
}

/** Another client than ours: the answer of the registry to a plain request. */
async function read<T>(repository: string, path: string): Promise<T> {
  const accept =
    'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
  const response = await fetch(`http://${registry}/v2/${namespace}${repository}/${path}`, { headers: { accept } });
  return (await response.json()) as T;
}
const architecturesOf = ({ manifests }: Index): string[] => manifests.map(({ platform }) => platform.architecture);
const digestOf = (repository: string, tag: string): Promise<string | undefined> =>
  registryClient().digest(`${registry}/${namespace}${repository}:${tag}`);
const tagsOf = async (repository: string): Promise<string[]> =>
  (await read<{ tags: string[] | null }>(repository, 'tags/list')).tags ?? [];

beforeAll(async () => {
  const why = whyNoOwnDocker();
  if (why === undefined) {
    second = new OwnDocker('200m', 'host');
    await second.start();
  } else console.warn(`both platforms are built by one engine: ${why}`);
});
afterAll(async () => {
  for (const workspace of workspaces) workspace.dispose();
  removeImages(prefix);
  await second?.stop();
});

describe('an image of two platforms, each built by a machine of its own', () => {
  let amd64: Workspace;
  let arm64: Workspace;
  const tag = '1.0.0-one-runtime';

  it('is two images in staging, with build IDs of their own', async () => {
    amd64 = machine({ IMAGE_PLATFORMS: 'linux/amd64' });
    const first = await amd64.nxBeside('run-many -t docker-build');
    expect(first.output.match(/ built \(/g)).toHaveLength(2);
    expect(await tagsOf('staging')).toHaveLength(2);
    arm64 = machine({ IMAGE_PLATFORMS: 'linux/arm64', ...elsewhere() });
    const other = await arm64.nxBeside('run-many -t docker-build');
    expect([first.status, other.status]).toEqual([0, 0]);
    expect(other.output.match(/ built \(/g)).toHaveLength(2);
    const ids = [amd64, arm64].flatMap((workspace) =>
      ['base', 'runtime'].map((type) => recordOf(workspace, type).buildId),
    );
    expect(new Set(ids).size).toBe(4);
    expect((await tagsOf('staging')).toSorted()).toEqual(ids.map((id) => id.slice('sha256:'.length)).toSorted());
  });

  it('is not built again there', async () => {
    const { output, status } = await arm64.nxBeside('run-many -t docker-build');
    expect(output).not.toContain(' built (');
    expect(status).toBe(0);
  });

  it('is not pushed while a platform is missing, which is named', async () => {
    const text = manifest('[linux/amd64, linux/arm64, linux/s390x]');
    const joiner = machine(withoutEngine(), text);
    const { output, status } = await joiner.nxBeside(`run ${runtime}:docker-push`);
    expect(output).toContain('linux/s390x');
    expect(output).not.toMatch(/linux\/amd64 .*not in staging/);
    expect(status).not.toBe(0);
    expect(await tagsOf('app').catch(() => [])).toEqual([]);
  });

  it('is joined and pushed by a third one without an engine, in the order of the manifest', async () => {
    const joiner = machine(withoutEngine());
    const { output, status } = await joiner.nxBeside('run-many -t docker-push');
    expect(output).toContain('joined from linux/amd64 and linux/arm64');
    expect(status).toBe(0);
    const index = await read<Index>('app', `manifests/${tag}`);
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(architecturesOf(index)).toEqual(['amd64', 'arm64']);
    expect(index.manifests.map(({ digest }) => digest)).toEqual(
      [amd64, arm64].map((workspace) => recordOf(workspace, 'runtime').staging?.digest),
    );
    for (const { digest, platform } of index.manifests) {
      const { config, layers } = await read<{ config: { digest: string }; layers: { digest: string }[] }>(
        'app',
        `manifests/${digest}`,
      );
      expect(layers).toHaveLength(2);
      expect(await read('app', `blobs/${config.digest}`)).toMatchObject(platform);
    }
  });

  it('has one digest, whoever joins it, and wherever it is pushed', async () => {
    const joiner = machine({ SECOND: '1', ...elsewhere() });
    const { output, status } = await joiner.nxBeside('run-many -t docker-push');
    expect(output).not.toContain(' built (');
    expect(status).toBe(0);
    expect(await digestOf('second', tag)).toBe(await digestOf('app', tag));
    expect(await digestOf('staging', recordOf(joiner, 'runtime').buildId.slice('sha256:'.length))).toBe(
      await digestOf('app', tag),
    );
  });

  it('is found by a dry run, by the matrix and by a promotion', async () => {
    const reader = machine();
    await reader.nxBeside('run-many -t docker-generate');
    expect((await reader.nxBeside(`run ${runtime}:docker-push --dryRun --excludeTaskDependencies`)).output).toContain(
      'there already',
    );
    reader.nx('run images:docker-matrix --json=matrix.json');
    const [first] = reader.readJson<{ name: string; staged: string }[]>('matrix.json');
    expect(first).toMatchObject({ staged: 'staged' });
    const promoted = await reader.nxBeside('run images:docker-promote');
    expect(promoted.output).toContain('moved');
    expect(await digestOf('app', 'latest')).toBe(await digestOf('app', tag));
  });

  it('is pulled for this platform if it is to be run', async () => {
    const { output, status } = await machine({ IMAGE_LOAD: 'true' }).nxBeside(`run ${runtime}:docker-build`);
    expect(output).toMatch(/reused from staging \(.*pulled/);
    expect(status).toBe(0);
    expect(docker('image', 'inspect', '--format', '{{.Architecture}}', `${prefix}app:${tag}`)).toBe('amd64');
  });

  it('builds only what is added if another platform is', async () => {
    const text = manifest('[linux/amd64, linux/arm64, linux/s390x]');
    const [again, added] = [
      machine({ IMAGE_PLATFORMS: 'linux/amd64, linux/arm64' }, text),
      machine({ IMAGE_PLATFORMS: 'linux/s390x' }, text),
    ];
    const old = await again.nxBeside('run-many -t docker-build');
    expect(old.output).not.toContain(' built (');
    expect(old.status).toBe(0);
    expect((await added.nxBeside('run-many -t docker-build')).output.match(/ built \(/g)).toHaveLength(2);
    const joiner = machine(withoutEngine(), text);
    expect((await joiner.nxBeside('run-many -t docker-push')).status).toBe(0);
    expect(architecturesOf(await read<Index>('app', `manifests/${tag}`))).toEqual(['amd64', 'arm64', 's390x']);
  });

  it('does not count where its label is a lie', async () => {
    const client = registryClient();
    const [mine, other] = [amd64, arm64].map((workspace) => recordOf(workspace, 'runtime').staging?.reference ?? '');
    const manifestOfOther = await client.manifest(other!);
    await client.put(mine!, manifestOfOther!);
    const { output } = await machine({ IMAGE_PLATFORMS: 'linux/amd64' }).nxBeside(`run ${runtime}:docker-build`);
    expect(output).toContain('it does not count');
    expect(output.match(/ built \(/g)).toHaveLength(1);
  });

  it('is joined also where the tag of the whole is garbage', async () => {
    const joiner = machine(withoutEngine());
    await joiner.nxBeside(`run ${runtime}:docker-build`);
    const { reference } = recordOf(joiner, 'runtime').staging!;
    const broken = { mediaType: 'application/vnd.oci.image.index.v1+json', schemaVersion: 2, manifests: [] };
    const body = Buffer.from(JSON.stringify(broken));
    await registryClient().put(reference, { digest: '', mediaType: broken.mediaType, body });
    const { output, status } = await machine(withoutEngine()).nxBeside(`run ${runtime}:docker-build`);
    expect(output).toContain('joined from linux/amd64 and linux/arm64');
    expect(status).toBe(0);
  });
});

describe('IMAGE_PLATFORMS', () => {
  it('leaves out images that are for none of its platforms, and says so', async () => {
    const { output, status } = await machine({ IMAGE_PLATFORMS: 'linux/s390x' }).nxBeside('run-many -t docker-build');
    expect(output.match(/is for none of IMAGE_PLATFORMS \(linux\/s390x\); not built/g)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it.each(['amd64', 'linux', 'linux/amd64;linux/arm64'])('must not be %s', async (value) => {
    const { output, status } = await machine({ IMAGE_PLATFORMS: value }).nxBeside(`run ${base}:docker-build`);
    expect(output).toContain('which is not a platform');
    expect(status).toBe(1);
  });

  it('works without staging for one platform, and a push says what is missing', async () => {
    const text = manifest().replace(/^staging.*\n/m, '');
    const alone = machine({ IMAGE_PLATFORMS: 'linux/arm64' }, text);
    const built = await alone.nxBeside(`run ${runtime}:docker-build`);
    expect(built.output.match(/ built \(/g)).toHaveLength(2);
    expect(docker('image', 'inspect', '--format', '{{.Architecture}}', `${prefix}app:1.0.0-one-runtime`)).toBe('arm64');
    const { output, status } = await alone.nxBeside(`run ${runtime}:docker-push`);
    expect(output).toMatch(/is not pushed: its platform linux\/amd64 is not built here/);
    expect(status).toBe(1);
    const two = await alone.nxBeside(`run ${runtime}:docker-build`, { IMAGE_PLATFORMS: 'linux/amd64,linux/arm64' });
    expect(two.output).toContain('only staging can keep each by itself');
  });
});

describe('a platform that the parent of an image lacks', () => {
  it.each([
    [
      'an external base',
      manifest(both).replace('base_image: scratch', `base_image: ${registry}/library/debian:bookworm-slim`),
      base,
    ],
    [
      'an image of the matrix',
      manifest(both)
        .replace('base: { push: false }', 'base: { push: false, platforms: [linux/amd64] }')
        .replace(`, platforms: ${both}`, '')
        .replace('runtime: { from: base,', `runtime: { from: base, platforms: ${both},`),
      runtime,
    ],
  ])('is an error before anything is built: %s', async (_, text, project) => {
    const { output, status } = await machine({}, text).nxBeside(`run ${project}:docker-build`);
    expect(output).toMatch(/error\s+missing-platform/);
    expect(output).toMatch(/is for linux\/arm64, but \S+, which it starts from, is for linux\/amd64/);
    expect(output).not.toContain(`building ${prefix}app:1.0.0`);
    expect(status).toBe(1);
  });

  it('is left to the build if the registry does not answer', async () => {
    const text = manifest(both).replace('base_image: scratch', 'base_image: 127.0.0.1:9/debian:bookworm-slim');
    const { output } = await machine({}, text).nxBeside(`run ${base}:docker-build`);
    expect(output).not.toContain('missing-platform');
    expect(output).toContain('building');
  });
});

describe('with emulation', () => {
  const repository = join(import.meta.dirname, '../../../..');
  const {
    status: prepared,
    stdout,
    stderr,
  } = spawnSync(join(repository, 'tools/stand/stand'), ['emulation'], {
    encoding: 'utf8',
  });
  const image = `${registry}/${namespace}app`;

  it('builds a RUN for each platform, and each image runs', async () => {
    if (prepared !== 0) {
      console.warn(`nothing is run for another platform: ${stderr.trim()}`);
      return;
    }
    const text = manifest(both).replace('base_image: scratch', `base_image: ${stdout.trim()}`).replaceAll('one', 'run');
    for (const platform of ['linux/amd64', 'linux/arm64']) {
      const workspace = machine({ IMAGE_PLATFORMS: platform }, text);
      workspace.write({ 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN uname -m > /architecture\n' });
      expect((await workspace.nxBeside('run-many -t docker-build')).output.match(/ built \(/g)).toHaveLength(2);
      removeImages(prefix);
    }
    const joiner = machine(withoutEngine(), text);
    joiner.write({ 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN uname -m > /architecture\n' });
    expect((await joiner.nxBeside('run-many -t docker-push')).status).toBe(0);
    const said = ['linux/amd64', 'linux/arm64'].map((platform) => {
      const output = docker(
        'run',
        '--rm',
        '--pull=always',
        '--quiet',
        '--platform',
        platform,
        `${image}:1.0.0-run-runtime`,
        'cat',
        '/architecture',
      );
      return output.split('\n').at(-1);
    });
    expect(said).toEqual(['x86_64', 'aarch64']);
  });
});
