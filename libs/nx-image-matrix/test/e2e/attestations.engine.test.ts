import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attestationsOf, registryClient } from '@nx-image-matrix/engine';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, removeImages, uniquePrefix } from '../support/engine.ts';
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
const entriesAt = async (reference: string): Promise<Entry[]> =>
  (await read<{ manifests: Entry[] }>(`app/manifests/${reference}`)).manifests;

/** The text of everything that is attested of an image. */
async function statementsAt(reference: string): Promise<string> {
  const texts: string[] = [];
  for (const { digest, annotations } of await entriesAt(reference)) {
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
    const [image, attested] = await entriesAt(tag);
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

  it('are built again for an attestation that they lack, and not for one less', async () => {
    const before = await client.digest(pushed);
    first.write({ 'manifest.yml': manifest('{ provenance: true, sbom: false }') });
    expect((await pushOf(first)).output.match(/is up to date/g)).toHaveLength(2);
    const lesser = machine(manifest('{ provenance: true }'));
    const { buildId } = recordOf(first);
    expect((await pushOf(lesser)).output).toContain('there already');
    expect(recordOf(lesser)).toMatchObject({ buildId, attestations: { provenance: 'min' } });
    expect(await client.digest(pushed)).toBe(before);
    lesser.write({ 'manifest.yml': manifest(full) });
    const { status, output } = await pushOf(lesser);
    expect(output).toMatch(/provenance \(max\) and SBOM missing; build ID/);
    expect(status).toBe(0);
    expect(recordOf(lesser).buildId).toBe(buildId);
  });

  it('are not pushed from a run without attestations', async () => {
    const without = machine(manifest(full), { IMAGE_ATTESTATIONS: 'false' });
    const { status, output } = await pushOf(without);
    expect(output).toContain('it was built without its attestations (provenance (max) and SBOM)');
    expect(status).toBe(1);
    expect(recordOf(without)).not.toHaveProperty('attestations');
    const again = await without.nxBeside('run-many -t docker-build');
    expect(again.output.match(/is up to date/g)).toHaveLength(2);
    const later = await pushOf(without, { IMAGE_ATTESTATIONS: '' });
    expect([later.status, later.output.match(/ built \(/g)?.length]).toEqual([0, 2]);
  });
});
