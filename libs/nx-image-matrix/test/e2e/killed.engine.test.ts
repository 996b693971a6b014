import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registryProxy, type RegistryProxy } from '../../../engine/src/testing/registry-proxy.ts';
import { Random } from '../fuzz/random.ts';
import { runNx, startNx } from '../support/background-run.ts';
import type { BuildRecord } from '../../src/build-plan/record.ts';
import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { packagesMatrix } from '../support/large-matrix.ts';
import { leftovers } from '../support/leftovers.ts';
import { markdownTable } from '../support/table.ts';
import { rightStates, tinyContent, tinyImages, tinyStates } from '../support/tiny-images.ts';
import { commandLines } from '../support/watched-run.ts';
import { Workspace } from '../support/workspace.ts';

const moments = Number(process.env['KILL_MOMENTS'] ?? 15);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

/** Only parts with this in their name: `KILL_PARTS=staging KILL_MOMENTS=20`. */
const only = process.env['KILL_PARTS'] ?? '';

const packages = ['a', 'b', 'c', 'd', 'e'];
const types = ['base', 'runtime', 'devel', 'cudnn', 'test'];
const distros = ['debian12', 'debian13', 'alpine3.21', 'alpine3.22'];

/** A phase of the work in which to kill nx. */
interface Part {
  name: string;
  workspace: () => Workspace;
  command: string;
  /** Gives every image something to do. */
  prepare: (content: number) => void;
  /** Whether the phase has begun, seen from outside of nx. */
  begun: () => boolean;
  /** The state after a run, and the expected state. */
  found: (content: number) => Promise<[is: unknown, should: unknown]>;
}

describe(`nx killed with -9 at ${moments} random moments (KILL_SEED=${seed})`, () => {
  const prefix = uniquePrefix();
  const stagedPrefix = `${prefix}s`;
  const repository = `nx-image-matrix-test/${prefix}killed`;
  const random = new Random(seed);
  let proxy: RegistryProxy;
  let requests = 0;
  let small: Workspace;
  let staged: Workspace;
  /** A hundred images, so that writing them takes a while. */
  let large: Workspace;
  let dockerfiles: string[];
  let prepared = 0;

  beforeAll(async () => {
    proxy = await registryProxy(registry, () => {
      requests += 1;
      return false;
    });
    small = new Workspace({
      files: tinyImages(`${proxy.address}/${repository}`, 0),
      plugin: { prefix },
      isolatePlugins: true,
    });
    const files = tinyImages(`${proxy.address}/${repository}2`, 0);
    const staging = `staging: { repository: ${proxy.address}/${repository}-staging }\n`;
    staged = new Workspace({
      files: { ...files, 'manifest.yml': `${files['manifest.yml']}${staging}` },
      plugin: { prefix: stagedPrefix },
      isolatePlugins: true,
    });
    large = new Workspace({ files: packagesMatrix(packages), plugin: { prefix }, isolatePlugins: true });
    dockerfiles = packages.flatMap((name) =>
      distros.flatMap((distro) => types.map((type) => join(large.root, 'docker', name, distro, type, 'Dockerfile'))),
    );
  });
  afterAll(() => {
    proxy.close();
    removeImages(prefix);
    small.dispose();
    staged.dispose();
    large.dispose();
  });

  const all: Part[] = [
    {
      name: 'generate',
      workspace: () => large,
      command: 'run-many -t docker-generate',
      prepare(content) {
        for (const type of types) {
          large.write({ [`templates/${type}.Dockerfile.liquid`]: `FROM {{ from }}\n# ${content}\n` });
        }
        // Into existing folders, and into new ones.
        if (content % 2 === 0) large.remove('docker');
        prepared = Date.now();
      },
      begun: () => dockerfiles.some((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= prepared),
      found: async (content) => [
        dockerfiles.map((path) => [path, readFileSync(path, 'utf8').split('\n')[1], readdirSync(dirname(path))]),
        dockerfiles.map((path) => [path, `# ${content}`, ['Dockerfile', 'Dockerfile.dockerignore', 'image.json']]),
      ],
    },
    {
      name: 'build',
      workspace: () => small,
      command: 'run-many -t docker-build',
      prepare: (content) => small.write(tinyContent(content)),
      begun: () => commandLines().some((line) => line.includes('buildx build') && line.includes(small.root)),
      found: async (content) => [await tinyStates(small, prefix), rightStates(content)],
    },
    {
      name: 'push',
      workspace: () => small,
      command: 'run-many -t docker-push',
      prepare(content) {
        small.write(tinyContent(content));
        requests = 0;
      },
      begun: () => requests > 0,
      found: async (content) => [await tinyStates(small, prefix, repository), rightStates(content, true)],
    },
    {
      name: 'build with staging',
      workspace: () => staged,
      command: 'run-many -t docker-build',
      prepare: (content) => staged.write(tinyContent(content)),
      begun: () => commandLines().some((line) => line.includes('buildx build') && line.includes(staged.root)),
      found: async (content) => [await stagedStates(), rightlyStaged(content, false)],
    },
    {
      name: 'push with staging',
      workspace: () => staged,
      command: 'run-many -t docker-push',
      prepare(content) {
        staged.write(tinyContent(content));
        requests = 0;
      },
      begun: () => requests > 0,
      found: async (content) => [await stagedStates(`${repository}2`), rightlyStaged(content, true)],
    },
  ];
  const parts = all.filter(({ name }) => name.includes(only));

  /** The tiny images in engine and records, and what is wrong with them in staging, or left of them in the engine. */
  async function stagedStates(pushedTo?: string): Promise<unknown> {
    const wrong: string[] = [];
    const digests = new Map<string, string | undefined>();
    for (const name of ['base', 'runtime', 'devel']) {
      const { buildId, staging, imageId } = staged.readJson<BuildRecord>(`dist/docker/app/debian12/${name}/build.json`);
      const tag = buildId.slice('sha256:'.length);
      digests.set(name, await registryDigest(`${repository}-staging`, tag));
      if (digests.get(name) !== staging?.digest) wrong.push(`${name} is not recorded as staged`);
      if (imageId !== staging?.digest) wrong.push(`${name} is another image in staging`);
      if (name !== 'base' && String(staging?.parents) !== digests.get('base')) wrong.push(`${name} has another parent`);
    }
    const names = docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}').split('\n');
    const left = names.filter((line) => line.includes(`${repository}-staging`));
    return { images: await tinyStates(staged, stagedPrefix, pushedTo), wrong, left };
  }

  function rightlyStaged(content: number, pushed: boolean): unknown {
    return { images: rightStates(content, pushed), wrong: [], left: [] };
  }

  it('succeeds the next time, and leaves nothing behind', async () => {
    const lengths = new Map<Part, number>();
    for (const part of parts) lengths.set(part, await lengthOf(part));
    const rows: string[][] = [];
    let content = 0;
    while (rows.length < moments) {
      const part = parts[rows.length % parts.length]!;
      const whole = random.chance(0.5);
      content += 1;
      const killed = await killWithin(part, content, lengths.get(part)!, whole);
      // It was faster than expected, and finished before.
      if (killed === undefined) continue;
      const row = [String(rows.length + 1), part.name, `${killed} ms`, whole ? 'all of nx' : 'nx alone'];
      const { status, output } = await runNx(part.workspace(), part.command);
      expect([row, status, status === 0 ? '' : output]).toEqual([row, 0, '']);
      const [is, should] = await part.found(content);
      expect([row, is]).toEqual([row, should]);
      expect([row, await leftovers(part.workspace(), [prefix])]).toEqual([row, []]);
      rows.push(row);
    }
    console.log(`KILL_SEED=${seed}\n\n${markdownTable(['moment', 'part', 'after its start', 'killed'], rows)}`);
  });

  /** Milliseconds from the start of a phase to the end of nx. */
  async function lengthOf(part: Part): Promise<number> {
    part.prepare(0);
    const run = startNx(part.workspace(), part.command);
    while (!part.begun() && !run.ended()) await sleep(20);
    const begun = Date.now();
    const { status, output } = await run.exit;
    expect([part.name, status, status === 0 ? '' : output]).toEqual([part.name, 0, '']);
    return Date.now() - begun;
  }

  /** Kills nx at a random moment of a phase; returns how many milliseconds after its start. */
  async function killWithin(part: Part, content: number, length: number, whole: boolean): Promise<number | undefined> {
    part.prepare(content);
    const wait = Math.round(random.next() * length);
    const run = startNx(part.workspace(), part.command);
    while (!part.begun() && !run.ended()) await sleep(20);
    await sleep(wait);
    if (run.ended()) return undefined;
    run.kill('SIGKILL', whole);
    await run.exit;
    return wait;
  }
});
