import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attestationsOf, registryClient } from '@nx-image-matrix/engine';
import { remoteBuilder, type RemoteBuilder } from '../../../engine/src/testing/remote-builder.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
import { OwnDocker, whyNoOwnDocker } from '../support/own-docker.ts';
import { Workspace } from '../support/workspace.ts';

/* What is attested is read from the registry with plain HTTP requests. The generator of SBOMs is an image of this test. */

const prefix = uniquePrefix();
const namespace = `nx-image-matrix-test/${prefix}`;
const generator = `${registry}/${namespace}generator:1`;
const full = `{ provenance: max, sbom: { generator: '${generator}' } }`;

const manifest = (attestations: string, others = ''): string => `version: 1.0.0
${others}repository: { target: { registry: { app: ${registry}/${namespace}app } } }
release_spec: { templates_dir: templates, base_image: 'debian:bookworm-slim', secrets: [{ id: token, env: TOKEN }] }
packages: { app: { runtime: [plain] } }
release_types: { base: { push: false }, runtime: { from: base, floating_tags: [latest] } }
package_spec: { app: { attestations: ${attestations} } }
releases: { plain: { 1: { add_to_tags: one } } }
`;
const files = {
  'templates/base.Dockerfile.liquid': `FROM {{ from }}\nRUN --mount=type=secret,id=token echo ${prefix} > /base\n`,
  'templates/runtime.Dockerfile.liquid':
    'FROM {{ from }}\nRUN --mount=type=secret,id=token cat /run/secrets/token | wc -c > /runtime\n',
};
const nameOf = (type: string): string => `${prefix}app-plain1-${type}`;
const tag = '1.0.0-one-runtime';
const pushed = `${registry}/${namespace}app:${tag}`;

const workspaces: Workspace[] = [];
function machine(text: string, environment: NodeJS.ProcessEnv = {}, more: Record<string, string> = files): Workspace {
  const workspace = new Workspace({
    files: { 'manifest.yml': text, ...more },
    plugin: { prefix },
    environment: { TOKEN: 'value-of-the-token', ...environment },
  });
  workspaces.push(workspace);
  return workspace;
}
const recordOf = (workspace: Workspace, type = 'runtime'): BuildRecord =>
  workspace.readJson(`dist/docker/app/plain1/${type}/build.json`);
const pushOf = (workspace: Workspace, environment: NodeJS.ProcessEnv = {}) =>
  workspace.nxBeside(`run ${nameOf('runtime')}:docker-push`, environment);
const client = registryClient();
async function attestedAt(reference: string): Promise<object> {
  return attestationsOf(client, reference, (await client.manifest(reference))!);
}

interface Entry {
  digest: string;
  platform: { architecture: string };
  annotations?: Record<string, string>;
}

async function get(path: string): Promise<string> {
  const accept = 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json';
  return (await fetch(`http://${registry}/v2/${namespace}${path}`, { headers: { accept } })).text();
}
const read = async <T>(path: string): Promise<T> => JSON.parse(await get(path)) as T;
const entriesAt = async (repository: string, reference: string): Promise<Entry[]> =>
  (await read<{ manifests: Entry[] }>(`${repository}/manifests/${reference}`)).manifests;

/** The text of everything that is attested of an image. */
async function statementsAt(reference: string): Promise<string> {
  const texts: string[] = [];
  for (const { digest, annotations } of await entriesAt('app', reference)) {
    if (!annotations) continue;
    const { layers } = await read<{ layers: { digest: string }[] }>(`app/manifests/${digest}`);
    for (const layer of layers) texts.push(await get(`app/blobs/${layer.digest}`));
  }
  return texts.join('\n');
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'generator-'));
  // https://github.com/moby/buildkit/blob/master/docs/attestations/sbom-protocol.md
  const scan =
    `echo '{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document","predicate":` +
    `{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"made here","packages":[]}}' ` +
    '> "$BUILDKIT_SCAN_DESTINATION/$(basename "$BUILDKIT_SCAN_SOURCE").spdx.json"\n';
  writeFileSync(join(folder, 'scan'), scan);
  writeFileSync(
    join(folder, 'Dockerfile'),
    'FROM debian:bookworm-slim\nCOPY scan /\nENTRYPOINT ["/bin/sh", "/scan"]\n',
  );
  docker('buildx', 'build', '--quiet', '--provenance=false', '--push', '--tag', generator, folder);
});
afterAll(() => {
  for (const workspace of workspaces) workspace.dispose();
  removeImages(prefix);
});

describe('images of the engine', () => {
  let first: Workspace;

  it('are pushed with what the manifest wants to be attested', async () => {
    first = machine(manifest(full));
    first.git('remote', 'add', 'origin', 'https://me:password-of-git@example.com/acme/app.git');
    const { status, output } = await first.nxBeside('run-many -t docker-push');
    expect([status, output.match(/ built \(/g)?.length]).toEqual([0, 2]);
    expect(await attestedAt(pushed)).toEqual({ provenance: 'max', sbom: {} });
    const { imageId, attestations } = recordOf(first);
    expect(attestations).toEqual({ provenance: 'max', sbom: { generator } });
    expect(imageId).toBe(await client.digest(pushed));
    const [image, attested] = await entriesAt('app', tag);
    expect(attested?.annotations?.['vnd.docker.reference.digest']).toBe(image?.digest);
    expect(await statementsAt(tag)).toContain('made here');
  });

  it('have neither secrets nor paths of the machine in their provenance', async () => {
    const statements = await statementsAt(tag);
    expect(statements).toContain('https://example.com/acme/app.git');
    for (const hidden of ['password-of-git', 'value-of-the-token', first.root])
      expect(statements).not.toContain(hidden);
  });

  it('are built and pushed once', async () => {
    const { status, output } = await pushOf(first);
    expect([status, output.match(/is up to date/g)?.length]).toEqual([0, 2]);
    expect(output).toContain(', there already)');
  });

  it('are there already for another machine, whose digests differ', async () => {
    const before = await client.digest(pushed);
    const other = machine(manifest(full));
    const { status, output } = await pushOf(other);
    expect([status, output.match(/ built \(/g)?.length]).toEqual([0, 2]);
    expect(output).toMatch(/skipped .*, there already by its build ID\)/);
    expect(recordOf(other).imageId).not.toBe(before);
    expect(await client.digest(pushed)).toBe(before);
    const dry = await other.nxBeside(`run ${nameOf('runtime')}:docker-push --dryRun --excludeTaskDependencies`);
    expect(dry.output).toContain('skipped: there already');
    const promoted = await other.nxBeside('run images:docker-promote');
    expect([promoted.status, await client.digest(`${registry}/${namespace}app:latest`)]).toEqual([0, before]);
  });

  it('are pushed again if they were built again on purpose', async () => {
    const { buildId, imageId } = recordOf(first);
    const { status, output } = await first.nxBeside(`run ${nameOf('base')}:docker-build --force`);
    expect([status, output.includes(' built (')]).toEqual([0, true]);
    const after = await pushOf(first);
    expect(after.output).toContain(`pushed ${pushed}`);
    expect(recordOf(first)).toMatchObject({ buildId, imageId: await client.digest(pushed) });
    expect(recordOf(first).imageId).not.toBe(imageId);
  });

  it('are not built again for one attestation less', async () => {
    const before = await client.digest(pushed);
    first.write({ 'manifest.yml': manifest('{ provenance: true, sbom: false }') });
    expect((await pushOf(first)).output.match(/is up to date/g)).toHaveLength(2);
    expect(await client.digest(pushed)).toBe(before);
  });

  it('are not pushed from a run without attestations', async () => {
    const without = machine(manifest(full), { IMAGE_ATTESTATIONS: 'false' });
    const { status, output } = await pushOf(without);
    expect(output).toContain('it was built without its attestations (provenance (max) and SBOM)');
    expect(status).toBe(1);
    expect(recordOf(without)).not.toHaveProperty('attestations');
    without.nxOk('run images:docker-matrix --json=matrix.json');
    const [row] = without.readJson<{ built: string }[]>('matrix.json');
    expect(row).toMatchObject({ built: 'outdated' });
    const later = await pushOf(without, { IMAGE_ATTESTATIONS: '' });
    expect([later.status, later.output.match(/ built \(/g)?.length]).toEqual([0, 2]);
  });
});

describe('images in staging', () => {
  const text = `version: 1.0.0
staging: { repository: ${registry}/${namespace}staging }
repository: { target: { registry: { parts: ${registry}/${namespace}parts } } }
release_spec: { templates_dir: templates, base_image: scratch, platforms: [linux/amd64, linux/arm64] }
packages: { parts: { runtime: [plain] } }
release_types: { base: { push: false }, runtime: { from: base } }
package_spec: { parts: { attestations: { provenance: max } } }
releases: { plain: { 1: { add_to_tags: one } } }
`;
  const parts = {
    'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nARG TARGETARCH\nCOPY files/${TARGETARCH} /base\n',
    'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nARG TARGETARCH\nCOPY files/${TARGETARCH} /runtime\n',
    ...Object.fromEntries(['amd64', 'arm64'].map((name) => [`files/${name}`, `${prefix}${name}\n`])),
  };
  const runtime = `${prefix}parts-plain1-runtime`;
  const noDaemon = { DOCKER_HOST: 'unix:///nothing' };
  const joined = `${registry}/${namespace}parts:${tag}`;
  const buildOf = (workspace: Workspace) => workspace.nxBeside(`run ${runtime}:docker-build`);
  let remote: RemoteBuilder;
  let own: OwnDocker | undefined;

  beforeAll(async () => {
    const socket = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace('unix://', '');
    remote = await remoteBuilder(socket);
    const why = whyNoOwnDocker();
    if (why === undefined) {
      own = new OwnDocker('200m', 'host');
      await own.start();
    } else console.warn(`no engine with a graph driver is tried: ${why}`);
  });
  afterAll(async () => {
    remote?.stop();
    await own?.stop();
  });

  it('have their attestations after their platforms are joined, each after its image', async () => {
    const far = { ...remote.environment, ...noDaemon };
    const amd64 = machine(text, { ...far, IMAGE_PLATFORMS: 'linux/amd64' }, parts);
    const arm64 = machine(text, { IMAGE_PLATFORMS: 'linux/arm64', IMAGE_LOAD: 'false' }, parts);
    for (const workspace of [amd64, arm64]) {
      const { status, output } = await buildOf(workspace);
      expect([status, output.match(/ built \(/g)?.length]).toEqual([0, 2]);
    }
    const joiner = machine(text, noDaemon, parts);
    const { status, output } = await joiner.nxBeside(`run ${runtime}:docker-push`);
    expect([status, output.match(/joined from/g)?.length]).toEqual([0, 2]);
    const entries = await entriesAt('parts', tag);
    const of = (entry: Entry): string | undefined => entry.annotations?.['vnd.docker.reference.digest'];
    expect(entries.map((entry) => of(entry) ?? entry.platform.architecture)).toEqual([
      'amd64',
      entries[0]?.digest,
      'arm64',
      entries[2]?.digest,
    ]);
    expect(await attestedAt(joined)).toEqual({ provenance: 'max' });
  });

  it('are reused where no engine could attest, and otherwise nothing is built there', async () => {
    if (!own) return;
    const elsewhere = { DOCKER_HOST: own.host, IMAGE_PLATFORMS: 'linux/amd64', IMAGE_LOAD: 'true' };
    const old = machine(text, elsewhere, parts);
    const reused = await buildOf(old);
    expect([reused.status, reused.output.match(/reused from staging \(pulled/g)?.length]).toEqual([0, 2]);
    expect((await buildOf(old)).output.match(/is up to date/g)).toHaveLength(2);
    old.write({ 'files/amd64': 'edited\n' });
    const refused = await buildOf(old);
    expect(refused.output).toMatch(/error\s+no-attestations/);
    expect(refused.output).toContain('docker keeps none in the image store that it has here');
    expect(refused.status).toBe(1);
    const without = await old.nxBeside(`run ${runtime}:docker-build`, { IMAGE_ATTESTATIONS: 'false' });
    expect([without.status, without.output.match(/ built \(/g)?.length]).toEqual([0, 2]);
    const push = await old.nxBeside(`run ${runtime}:docker-push`, { IMAGE_ATTESTATIONS: 'false' });
    expect(push.status).toBe(1);
    const staged = await registryClient().digest(
      `${registry}/${namespace}staging:${old.readJson<BuildRecord>('dist/docker/parts/plain1/runtime/build.json').buildId.slice('sha256:'.length)}`,
    );
    expect(staged).toBeUndefined();
  });

  it('do not count without the attestations that are wanted', async () => {
    const plain = machine(text.replace('{ provenance: max }', ''), { IMAGE_PLATFORMS: 'linux/amd64' }, parts);
    plain.write({ 'files/amd64': 'for all\n' });
    expect((await buildOf(plain)).output.match(/ built \(/g)).toHaveLength(2);
    const wanting = machine(text, { ...remote.environment, ...noDaemon, IMAGE_PLATFORMS: 'linux/amd64' }, parts);
    wanting.write({ 'files/amd64': 'for all\n' });
    const { status, output } = await buildOf(wanting);
    expect([status, output.match(/ built \(/g)?.length]).toEqual([0, 2]);
    const again = await plain.nxBeside(`run ${runtime}:docker-build`, { IMAGE_LOAD: 'false' });
    expect([again.status, again.output.includes(' built (')]).toEqual([0, false]);
  });
});
