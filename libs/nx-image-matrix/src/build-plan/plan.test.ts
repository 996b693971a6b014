import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageFolder } from '../workspace/image-folders.ts';
import type { ImageDocument } from '../types.ts';
import { digestOnDisk } from '../matrix/on-disk.ts';
import { changedParent } from './parents.ts';
import { BuildPlanner, type BuildPlan } from './plan.ts';
import { readRecord, writeRecord, type BuildRecord } from './record.ts';

/** `child` FROM `parent` FROM `base`. */
const chain = ['base', 'parent', 'child'];

describe('a build plan', () => {
  let root: string;
  const folders = new Map(chain.map((name) => [name, folderOf(name)]));
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'build-plan-'));
    chain.forEach((name, index) => image(name, index === 0 ? 'scratch' : `${chain[index - 1]}:1`));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function image(name: string, from: string, platforms: string[] = [], more: Partial<ImageDocument> = {}): void {
    const folder = join(root, 'docker', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${from}\nENV A=1\n`);
    writeFileSync(join(folder, 'Dockerfile.dockerignore'), '*\n');
    const document = {
      package: name,
      baseImage: from,
      reference: `${name}:1`,
      args: {},
      platforms,
      labels: {},
      ...more,
    };
    writeFileSync(join(folder, 'image.json'), JSON.stringify(document));
  }

  const plan = (name = 'child', platforms = ['linux/amd64']): Promise<BuildPlan> =>
    new BuildPlanner(root, folders, platforms).plan(folders.get(name)!);

  it('has another build ID for another platform of the engine, as have its parents', async () => {
    const [amd64, arm64] = [await plan('child'), await plan('child', ['linux/arm64'])];
    expect(arm64.buildId).not.toBe(amd64.buildId);
    expect(arm64.parents[0]!.buildId).not.toBe(amd64.parents[0]!.buildId);
    expect(amd64.buildIdFor(['linux/arm64'])).toBe(arm64.buildId);
  });

  it('uses the platforms of the manifest, if any, in any spelling', async () => {
    image('base', 'scratch', ['linux/aarch64', 'linux/x86_64']);
    const { buildId } = await plan('base');
    expect((await plan('base', ['linux/s390x'])).buildId).toBe(buildId);
    image('base', 'scratch', ['linux/amd64', 'linux/arm64/v8']);
    expect((await plan('base')).buildId).toBe(buildId);
    image('base', 'scratch', ['linux/amd64/v2', 'linux/arm64']);
    expect((await plan('base')).buildId).not.toBe(buildId);
  });

  it('has another build ID if the image is reproducible, and with another epoch', async () => {
    const idOf = async (more: Partial<ImageDocument>): Promise<string> => {
      image('base', 'scratch', [], more);
      return (await plan('base')).buildId;
    };
    const reproducible = (epoch: number) => ({
      args: { SOURCE_DATE_EPOCH: String(epoch) },
      reproducible: { epoch },
    });
    const ids = [
      await idOf({}),
      await idOf({ args: { SOURCE_DATE_EPOCH: '0' } }),
      await idOf(reproducible(0)),
      await idOf(reproducible(7)),
    ];
    expect(new Set(ids).size).toBe(4);
    expect(await idOf(reproducible(0))).toBe(ids[2]);
    const partOf = async (more: Partial<ImageDocument>): Promise<string> => {
      image('base', 'scratch', ['linux/amd64', 'linux/arm64'], more);
      return (await plan('base')).forPlatform('linux/arm64').buildId;
    };
    expect(await partOf(reproducible(0))).not.toBe(await partOf({ args: { SOURCE_DATE_EPOCH: '0' } }));
  });

  it('has a plan for each platform, whose build ID the other platforms do not change', async () => {
    const two = ['linux/amd64', 'linux/arm64'];
    for (const name of chain) image(name, name === 'base' ? 'scratch' : `${chain[chain.indexOf(name) - 1]}:1`, two);
    const whole = await plan();
    const part = whole.forPlatform('linux/arm64');
    expect(whole.forPlatform('linux/arm64')).toBe(part);
    expect(part.forPlatform('linux/arm64')).toBe(part);
    expect(part).toMatchObject({ platforms: ['linux/arm64'], requested: ['linux/arm64'] });
    expect(part.parents[0]).toBe(whole.parents[0]!.forPlatform('linux/arm64'));
    const ids = new Set([whole, ...two.map((platform) => whole.forPlatform(platform))].map(({ buildId }) => buildId));
    expect(ids.size).toBe(3);
    for (const name of chain) {
      image(name, name === 'base' ? 'scratch' : `${chain[chain.indexOf(name) - 1]}:1`, [...two, 'linux/s390x']);
    }
    expect((await plan()).forPlatform('linux/arm64').buildId).toBe(part.buildId);
    // An image of one platform takes part with that platform of its parents.
    image('child', 'parent:1', ['linux/arm64']);
    const single = await plan();
    expect(single.forPlatform('linux/arm64').buildId).toBe(part.buildId);
    expect(single.forPlatform('linux/arm64')).not.toBe(single);
  });

  it('is its own plan for its only platform', async () => {
    const single = await plan();
    expect(single.forPlatform('linux/amd64')).toBe(single);
  });

  it('accepts only files that match the manifest, for builds and pushes', async () => {
    const files = ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'];
    const digest = digestOnDisk(join(root, 'docker/base'), files);
    const strictly = (rendered: string | undefined, waits?: number) => {
      const folder = { ...folderOf('base'), digest: rendered };
      return new BuildPlanner(root, new Map([['base', folder]]), ['linux/amd64'], waits).plan(folder);
    };
    expect((await strictly(digest, 0)).folder.project).toBe('base');
    for (const name of files) {
      const path = join(root, 'docker/base', name);
      const before = readFileSync(path);
      writeFileSync(path, `${before.toString()} \n`);
      await expect(strictly(digest, 0)).rejects.toThrow('docker/base does not hold the files that the manifest gives.');
      expect((await strictly(digest)).folder.project).toBe('base');
      writeFileSync(path, before);
    }
    chmodSync(join(root, 'docker/base/Dockerfile'), 0o755);
    await expect(strictly(digest, 0)).rejects.toThrow('Run the docker-generate target of base first');
  });

  /** Records a build of each image on the previous ones. */
  async function buildAll(): Promise<void> {
    for (const name of chain) {
      const { buildId, parents, folder } = await plan(name);
      const own = parents.map((parent) => [parent.document.reference, readRecord(root, parent.folder)!.imageId]);
      writeRecord(root, folder, { ...recordOf(name), buildId, parents: Object.fromEntries(own) });
    }
  }
  const rewrite = (name: string, changes: Partial<BuildRecord>): void =>
    writeRecord(root, folders.get(name)!, { ...readRecord(root, folders.get(name)!)!, ...changes });
  const changed = async (): Promise<string | undefined> =>
    changedParent(root, await plan(), readRecord(root, folders.get('child')!));

  it('is current with the parents that it was built on', async () => {
    await buildAll();
    expect(await changed()).toBeUndefined();
  });

  it.each<[what: string, change: () => void, reason: string]>([
    ['built again', () => rewrite('parent', { imageId: 'sha256:other' }), 'its parent parent was rebuilt'],
    [
      'on a parent that was built again',
      () => rewrite('base', { imageId: 'sha256:other' }),
      'its parent parent is out of date: its parent base was rebuilt',
    ],
    [
      'not built from its files',
      () => rewrite('parent', { buildId: 'sha256:other' }),
      'its parent parent is not built from the current files',
    ],
    [
      'not recorded',
      () => rmSync(join(root, 'dist/docker/parent'), { recursive: true }),
      'its parent parent is not built from the current files',
    ],
    [
      'not named in the record, as in those of former versions',
      () => rewrite('child', { parents: undefined }),
      'it is not recorded which parent it was built on',
    ],
  ])('is not current with a parent that was %s', async (_, change, reason) => {
    await buildAll();
    change();
    expect(await changed()).toBe(reason);
  });
});

function folderOf(project: string): ImageFolder {
  const files = ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'];
  return {
    project,
    root: `docker/${project}`,
    manifest: 'manifest.yml',
    contextDir: '',
    reference: `${project}:1`,
    files,
  } as ImageFolder;
}

function recordOf(name: string): BuildRecord {
  return {
    reference: `${name}:1`,
    tags: ['1'],
    imageId: `sha256:${name}`,
    buildId: '',
    size: null,
    platform: null,
    duration: 1,
    engine: 'docker 1',
    reason: 'never built here',
    builtAt: '2026-01-01T00:00:00.000Z',
    ingredients: {},
    pushed: {},
  };
}
