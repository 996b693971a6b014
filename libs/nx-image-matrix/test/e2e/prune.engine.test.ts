import { createHash } from 'node:crypto';
import { ownRegistry, type OwnRegistry } from '../../../engine/src/testing/own-registry.ts';
import { getManifest, putBlob, putManifest, type Stored } from '../../../engine/src/testing/registry-content.ts';
import { Workspace } from '../support/workspace.ts';

const configType = 'application/vnd.oci.image.config.v1+json';
const DAY = 86_400_000;

const manifest = (registry: string): string => `version: 1.2.0
repository:
  local: { registry: { app: "${registry}/acme/app" } }
  elsewhere: { only_if: NOT_SET_HERE, registry: { app: "registry.invalid/acme/app" } }
staging: { repository: "${registry}/acme/staging", keep: 20 }
retention: { devel: { keep: 3, pattern: "*-nightly-*" } }
release_types:
  devel:
    tags: ["{{ version }}-devel-{{ add_to_tags }}", "{{ version }}-nightly-{{ run.date }}-{{ add_to_tags }}"]
    floating_tags: ["edge-{{ add_to_tags }}"]
  runtime:
    tags: ["{{ version }}-{{ add_to_tags }}", "{{ version }}-nightly-{{ run.date }}-runtime-{{ add_to_tags }}"]
release_spec: { templates_dir: templates, base_image: scratch, multistage_image: false }
packages: { app: { devel: [one, two], runtime: [one] } }
releases: { one: { 1: { add_to_tags: one } }, two: { 2: { add_to_tags: two } } }
`;
const template = 'FROM {{ from }}\nENV RELEASE={{ distro.name }}\n';

let registry: OwnRegistry;
let workspace: Workspace;
let app: string;
let staging: string;

beforeAll(async () => {
  registry = await ownRegistry({ deletes: true });
  [app, staging] = [`${registry.address}/acme/app`, `${registry.address}/acme/staging`];
  workspace = new Workspace({
    files: {
      'manifest.yml': manifest(registry.address),
      'templates/devel.Dockerfile.liquid': template,
      'templates/runtime.Dockerfile.liquid': `${template}ENV RUNTIME=yes\n`,
    },
  });
  workspace.nxOk('sync');
});
afterAll(async () => {
  workspace.dispose();
  await registry.stop();
});

interface Built {
  /** Days. */
  age?: number;
  labels?: Record<string, string>;
}

/** An image without layers, with a time; without an age that of 1970. */
async function put(repository: string, tag: string | undefined, { age, labels = {} }: Built): Promise<Stored> {
  const created = new Date(age === undefined ? 0 : Date.now() - age * DAY).toISOString();
  const configuration = { architecture: 'amd64', os: 'linux', created, config: { Labels: labels }, for: tag };
  const config = await putBlob(repository, JSON.stringify(configuration), configType);
  return putManifest(repository, { config, layers: [] }, tag);
}

async function tagsOf(repository: string): Promise<string[]> {
  const [host = '', ...path] = repository.split('/');
  const answer = await fetch(`http://${host}/v2/${path.join('/')}/tags/list`);
  const { tags } = (await answer.json()) as { tags: string[] | null };
  return (tags ?? []).sort();
}

const day = (age: number): string => new Date(Date.now() - age * DAY).toISOString().slice(0, 10).replaceAll('-', '');
const prune = (args = '') => workspace.nx(`run images:docker-prune ${args}`.trim());

describe('docker-prune of a repository with 200 tags', () => {
  const goes: string[] = [];
  const stays: string[] = [];
  /** Digests that must be there afterwards, besides those of tags. */
  const needed: string[] = [];

  beforeAll(async () => {
    const images = new Map<string, Stored>();
    const nightly = async (tag: string, age: number | undefined, list: string[]): Promise<Stored> => {
      const image = await put(app, tag, { age });
      images.set(tag, image);
      list.push(tag);
      return image;
    };
    // One busy image and one that was last built long ago, of two versions.
    const all: [string, number | undefined, string[]][] = [];
    for (let age = 1; age <= 150; age += 1) {
      all.push([`1.${age < 50 ? 2 : 1}.0-nightly-${day(age)}-one`, age, age <= 3 ? stays : goes]);
    }
    for (let age = 201; age <= 220; age += 1)
      all.push([`1.1.0-nightly-${day(age)}-two`, age, age <= 203 ? stays : goes]);
    // Of another release type, of no image that there is, without a time.
    for (let age = 1; age <= 5; age += 1) all.push([`1.2.0-nightly-${day(age)}-runtime-one`, age, stays]);
    for (let age = 1; age <= 8; age += 1) all.push([`0.9-nightly-${day(age)}-three`, age, age <= 3 ? stays : goes]);
    for (let age = 1; age <= 4; age += 1) all.push([`1.0.${age}-nightly-undated-two`, undefined, stays]);
    for (const tag of ['1.2.0-devel-one', '1.2.0-devel-two', '1.2.0-one', 'anything', 'nightly'])
      all.push([tag, 300, stays]);
    for (let start = 0; start < all.length; start += 16) {
      await Promise.all(all.slice(start, start + 16).map((one) => nightly(...one)));
    }
    const move = (list: string[], tag: string): void => {
      list.splice(list.indexOf(tag), 1);
      stays.push(tag);
    };
    // What a floating tag, an index that stays, and today's push need.
    const promoted = `1.2.0-nightly-${day(40)}-one`;
    const found = JSON.parse(await getManifest(app, promoted)) as object;
    await putManifest(app, found, 'edge-one');
    stays.push('edge-one');
    move(goes, promoted);
    const part = `1.1.0-nightly-${day(60)}-one`;
    await putManifest(app, { manifests: [images.get(part)] }, 'an-index');
    stays.push('an-index');
    move(goes, part);
    const inner = await put(app, undefined, { age: 90 });
    await putManifest(app, { manifests: [inner] }, 'edge-two');
    stays.push('edge-two');
    needed.push(inner.digest);
    await nightly(`1.2.0-nightly-${day(0)}-two`, 400, stays);
    // Signatures of one that goes, and of one that stays.
    const attach = async (to: string, list: string[]): Promise<void> => {
      const tag = `${images.get(to)!.digest.replace(':', '-')}.sig`;
      await put(app, tag, { age: 1 });
      list.push(tag);
    };
    await attach(`1.1.0-nightly-${day(100)}-one`, goes);
    await attach(promoted, stays);
    await put(app, `sha256-${'0'.repeat(64)}.sig`, { age: 900 });
    stays.push(`sha256-${'0'.repeat(64)}.sig`);
    // An index of two platforms that goes as a whole.
    const platforms = await Promise.all(
      [120, 121].map((age) => put(app, undefined, { age, labels: { age: String(age) } })),
    );
    await putManifest(app, { manifests: platforms }, `1.1.0-nightly-${day(500)}-one`);
    goes.push(`1.1.0-nightly-${day(500)}-one`);
  });

  it('has them', async () => {
    expect((await tagsOf(app)).length).toBe(200);
    expect(await tagsOf(app)).toEqual([...goes, ...stays].sort());
  });

  it('shows what it would delete, and deletes nothing', async () => {
    const { status, output } = prune('--json=dist/prune.json');
    expect(output).toContain(`${app}: 200 tags; ${goes.length} to delete; ${stays.length} stay`);
    expect(output).toContain('Nothing was deleted; --yes deletes.');
    expect(output).toContain('skipped registry.invalid/acme/app: NOT_SET_HERE is not set');
    expect(output).toMatch(/-one +[0-9a-f]{12} +150 d +delete: older than the 3 newest of app-one1-devel\n/);
    expect(output).toMatch(/-three +[0-9a-f]{12} +8 d +delete: older than the 3 newest of \*-nightly-\*-three\n/);
    expect(status).toBe(0);
    const shown = [...output.matchAll(/\/acme\/app:(\S+) .*delete: /g)].map(([, tag]) => tag);
    expect(shown.sort()).toEqual(goes.toSorted());
    expect((await tagsOf(app)).length).toBe(200);
  });

  it('tells scripts of every tag', () => {
    const { repositories } = workspace.readJson<{ repositories: { tags: { tag: string; action: string }[] }[] }>(
      'dist/prune.json',
    );
    const [{ tags } = { tags: [] }] = repositories;
    expect(tags.filter(({ action }) => action === 'delete').map(({ tag }) => tag)).toEqual(goes.toSorted());
    expect(tags).toContainEqual(expect.objectContaining({ tag: 'edge-one', action: 'keep', reason: 'unmatched' }));
    expect(tags).toContainEqual(expect.objectContaining({ action: 'keep', reason: 'pushed' }));
  });

  it('deletes exactly those with --yes', async () => {
    const { status, output } = prune('--yes');
    expect(output).toContain(`${app}: 200 tags; ${goes.length} deleted; ${stays.length} stay`);
    expect(status).toBe(0);
    expect(await tagsOf(app)).toEqual(stays.toSorted());
    for (const name of [...stays, ...needed]) expect([name, await getManifest(app, name)]).not.toEqual([name, '']);
  });
});

describe('docker-prune of staging', () => {
  const id = (name: string): string => createHash('sha256').update(name).digest('hex');

  it('deletes build IDs that are old, of no current file, and needed by nothing that stays', async () => {
    const label = 'io.github.nx-image-matrix.parents';
    const parent = await put(staging, id('parent of a young one'), { age: 50 });
    await put(staging, id('young'), { age: 5, labels: { [label]: `app:base=${parent.digest}` } });
    const old = await put(staging, id('parent of an old one'), { age: 50 });
    await put(staging, id('old'), { age: 21, labels: { [label]: `app:base=${old.digest}` } });
    const part = await put(staging, id('part of an old index'), { age: 60 });
    await putManifest(staging, { manifests: [part] }, id('an old index'));
    const needed = await put(staging, id('part of an index of the current files'), { age: 60 });
    await put(staging, 'not-a-build-id', { age: 100 });
    await put(staging, id('undated'), {});
    const pass = await put(staging, `${old.digest.replace(':', '-')}`, { age: 1 });
    expect(pass.digest).toMatch(/^sha256:/);
    const current = currentIds();
    expect(current).toHaveLength(3);
    for (const tag of current.slice(1)) await put(staging, tag, { age: 99 });
    await putManifest(staging, { manifests: [needed] }, current[0]);
    const { status, output } = prune('--yes');
    expect(output).toMatch(/acme\/staging: 13 tags; 5 deleted; 8 stay/);
    expect(status).toBe(0);
    expect(await tagsOf(staging)).toEqual(
      [
        ...current,
        ...['part of an index of the current files', 'parent of a young one', 'young', 'undated'].map(id),
        'not-a-build-id',
      ].sort(),
    );
  });

  it('is left alone, and fails, where the files are not those of the manifest', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'ENV', 'ENV A=b');
    const { status, output } = prune('--yes');
    expect(output).toContain('docker/app/one1/devel does not hold the files of the manifest; run "nx sync"');
    expect(status).toBe(1);
    workspace.edit('templates/devel.Dockerfile.liquid', 'ENV A=b', 'ENV');
  });
});

/** Build IDs of the current files. */
function currentIds(): string[] {
  workspace.nxOk('run images:docker-matrix --json=dist/matrix.json');
  const images = workspace.readJson<{ buildId: string }[]>('dist/matrix.json');
  return images.map(({ buildId }) => buildId.replace('sha256:', ''));
}
