import { jest } from '@jest/globals';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { fakeRegistry, type FakeRegistry } from '../../../test/support/fake-registry.ts';
import type { ImageMatrixOptions } from '../../options/options.ts';
import { refresh } from './executor.ts';

const HEAD = '# images.lock: digests of external base images. Written by docker-refresh; do not edit.\n';

/** Debian 12 and 13 are bases; all images copy from a tool, and those of 13 mount another. */
const manifest = (registry: string): string => `
packages: { app: { runtime: [debian] } }
release_spec: { templates_dir: templates, args: { TOOL: "${registry}/tool:1" } }
releases:
  debian:
    12: { base_image: "${registry}/debian:12", add_to_tags: slim }
    13: { base_image: "${registry}/debian:13", add_to_tags: slim13 }
`;
const templates = {
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid':
    'ARG TOOL\nFROM $TOOL AS tool\nFROM {{ from }}\nCOPY --from=tool /a /b\nCOPY --from=scratch / /\n',
};

let root: string;
let registry: FakeRegistry;
let output: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'refresh-'));
  registry = await fakeRegistry('debian:12', 'debian:13', 'tool:1');
  write({ ...templates, 'manifest.yml': manifest(registry.address) });
  output = [];
  for (const name of ['log', 'error', 'warn'] as const) {
    jest.spyOn(console, name).mockImplementation((text: string) => void output.push(text));
  }
});
afterEach(() => {
  registry.close();
  jest.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const lock = (): string[] => read('images.lock').replaceAll(`${registry.address}/`, '').split('\n').slice(1, -1);

interface Run {
  /** The manifest to refresh, and all of the workspace. */
  manifest?: string;
  manifests?: string[];
  check?: boolean;
  only?: string | string[];
  json?: boolean | string;
  plugin?: ImageMatrixOptions;
}

/** Without the daemon's mirrors, which differ from machine to machine. */
async function run({
  plugin,
  manifest: refreshed = 'manifest.yml',
  manifests = [refreshed],
  ...options
}: Run = {}): Promise<{ success: boolean; text: string }> {
  output.length = 0;
  const projects = manifests.map((path) => {
    const targets = { 'docker-matrix': { executor: 'nx-image-matrix:matrix', options: { manifest: path } } };
    return [path, { root: join(dirname(path), 'docker'), targets }];
  });
  const context = {
    root,
    nxJsonConfiguration: { plugins: [{ plugin: 'nx-image-matrix', options: { engine: 'podman', ...plugin } }] },
    projectsConfigurations: { version: 2, projects: Object.fromEntries(projects) },
  };
  const { success } = await refresh({ manifest: refreshed, ...options }, context as unknown as ExecutorContext);
  return { success, text: output.join('\n').replaceAll(`${registry.address}/`, '') };
}

/** Digests by the names that registries have. */
function digests(...names: string[]): string[] {
  return names.map((name) => registry.move(name));
}

it('makes a lock, and the generated files with its digests', async () => {
  const [twelve, thirteen, tool] = digests('debian:12', 'debian:13', 'tool:1');
  const { success, text } = await run();
  expect(success).toBe(true);
  expect(read('images.lock')).toMatch(new RegExp(`^${HEAD}`));
  expect(lock()).toEqual([`debian:12: ${twelve}`, `debian:13: ${thirteen}`, `tool:1: ${tool}`]);
  expect(read('docker/app/debian12/base/Dockerfile')).toBe(`FROM ${registry.address}/debian:12@${twelve}\n`);
  expect(JSON.parse(read('docker/app/debian12/runtime/image.json'))).toMatchObject({
    args: { TOOL: `${registry.address}/tool:1@${tool}` },
    baseImage: `${registry.address}/debian:12@${twelve}`,
  });
  expect(text).toContain('images.lock: 3 new; wrote the files of 4 images');
  expect(registry.asked.sort()).toEqual([
    'HEAD /v2/debian/manifests/12',
    'HEAD /v2/debian/manifests/13',
    'HEAD /v2/tool/manifests/1',
  ]);
});

it('locks the generators of SBOMs too', async () => {
  const [tool] = digests('tool:1');
  const attests = (reference: string) =>
    `package_spec: { app: { attestations: { sbom: { generator: "${reference}" } } } }\n`;
  const text = manifest(registry.address).replace(/, args: \{.*?\}/, ', args: { TOOL: scratch }');
  write({ 'manifest.yml': text + attests(`${registry.address}/tool:1`) });
  await run();
  expect(lock()).toContain(`tool:1: ${tool}`);
  const generated = (): unknown => JSON.parse(read('docker/app/debian12/runtime/image.json'));
  const pinned = `${registry.address}/tool:1@${tool}`;
  expect(generated()).toMatchObject({ attestations: { sbom: { generator: pinned } } });
  write({ 'manifest.yml': text + attests(pinned) });
  await run();
  expect(lock()).toHaveLength(2);
  expect(generated()).toMatchObject({ attestations: { sbom: { generator: pinned } } });
});

it('has nothing to do the second time', async () => {
  await run();
  const before = read('images.lock');
  const { success, text } = await run();
  expect([success, text]).toEqual([true, 'images.lock: nothing moved; it stays as it is']);
  expect(read('images.lock')).toBe(before);
});

it('shows what moved, and how many images it affects', async () => {
  const [was] = digests('debian:12');
  await run();
  const [now] = digests('debian:12');
  const { success, text } = await run();
  expect(success).toBe(true);
  expect(text.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
    ['REFERENCE', 'OLD', 'NEW', 'IMAGES'],
    ['debian:12', was!.slice(7, 19), now!.slice(7, 19), '2 (1 directly)'],
    ['images.lock: 1 moved; wrote the files of 2 images'],
  ]);
  expect(lock()[0]).toBe(`debian:12: ${now}`);
});

describe('--check', () => {
  it('writes nothing, and fails if a base has moved', async () => {
    await run();
    const before = read('images.lock');
    expect((await run({ check: true })).success).toBe(true);
    registry.move('debian:13');
    const { success, text } = await run({ check: true });
    expect(success).toBe(false);
    expect(text).toContain('images.lock: 1 moved; nothing is written with --check');
    expect(read('images.lock')).toBe(before);
  });

  it('writes nothing, and fails if a base has no line', async () => {
    const { success, text } = await run({ check: true });
    expect([success, existsSync(join(root, 'images.lock')), existsSync(join(root, 'docker'))]).toEqual([
      false,
      false,
      false,
    ]);
    expect(text).toContain('3 new');
  });
});

describe('--only', () => {
  it.each([['*/debian:*'], ['*:1?'], [['*/debian:12', '*/debian:13']]])('takes the pattern %j', async (only) => {
    await run();
    const before = read('images.lock');
    const tool = lock()[2]!;
    digests('debian:12', 'debian:13', 'tool:1');
    const { success, text } = await run({ only });
    expect([success, text]).toEqual([true, expect.stringContaining('images.lock: 2 moved')]);
    expect(lock()[2]).toBe(tool);
    expect(read('images.lock').split('\n')[0]).toBe(before.split('\n')[0]);
    expect(registry.asked.filter((line) => line.includes('tool'))).toHaveLength(1);
  });

  it('keeps all other lines byte for byte', async () => {
    const odd = `# mine\n${registry.address}/tool:1:   "sha256:${'a'.repeat(64)}"  # keep\ngone:1: sha256:${'b'.repeat(64)}\n`;
    write({ 'images.lock': odd });
    await run({ only: '*/debian:12' });
    const added = read('images.lock')
      .split('\n')
      .filter((line) => !odd.includes(line));
    expect(added).toEqual([expect.stringMatching(/\/debian:12: sha256:\w{64}$/)]);
    expect(read('images.lock').replace(`${added[0]}\n`, '')).toBe(odd);
  });

  it('removes an unused line that it matches', async () => {
    await run();
    const before = read('images.lock');
    write({ 'images.lock': `${before}zz:1: sha256:${'b'.repeat(64)}\n` });
    const { success, text } = await run({ only: 'docker.io/library/zz:*' });
    expect([success, text]).toEqual([true, expect.stringMatching(/^zz:1 +bbbbbbbbbbbb +unused +0$/m)]);
    expect(read('images.lock')).toBe(before);
  });

  it('fails if it matches nothing, and says what there is', async () => {
    const { success, text } = await run({ only: '*/debain:12' });
    expect([success, text]).toEqual([false, expect.stringContaining('No external base image matches "*/debain:12"')]);
    expect(text).toContain('debian:12');
    expect(existsSync(join(root, 'images.lock'))).toBe(false);
  });
});

it('drops unused lines, and sorts the others', async () => {
  await run();
  const [first, second, third] = read('images.lock').split('\n').slice(1);
  const text = [third, second, `nobody/uses:1: sha256:${'b'.repeat(64)}`, first, ''].join('\n');
  write({ 'images.lock': text });
  const result = await run();
  expect([result.success, result.text]).toEqual([true, expect.stringContaining('images.lock: 1 unused')]);
  expect(read('images.lock')).toBe(`${HEAD}${[first, second, third].join('\n')}\n`);
});

it('keeps the line of a tag that has vanished, with a warning', async () => {
  await run();
  const before = read('images.lock');
  registry.remove('debian:12');
  const { success, text } = await run();
  expect(success).toBe(true);
  expect(text).toContain('debian:12  warning  not-found  ');
  expect(text).toContain('has no image of this name any more; its line stays');
  expect(read('images.lock')).toBe(before);
});

it('makes no line for a tag that has never been there', async () => {
  registry.remove('debian:12');
  const { success, text } = await run();
  expect([success, text]).toEqual([true, expect.stringContaining('has no image of this name, so it gets no line')]);
  expect(lock()).toHaveLength(2);
  expect((await run({ check: true })).success).toBe(false);
});

it('does not make a lock of nothing', async () => {
  write({
    'manifest.yml': `release_spec: { templates_dir: templates, base_image: scratch, args: { TOOL: "debian@sha256:${'a'.repeat(64)}" } }\npackages: { app: { runtime: [one] } }\nreleases: { one: { 1: {} } }\n`,
  });
  const { success, text } = await run();
  expect([success, text]).toEqual([true, 'No image has an external base without a digest.']);
  expect(existsSync(join(root, 'images.lock'))).toBe(false);
  expect(registry.asked).toEqual([]);
});

it('does not ask for what is not one image, and says so', async () => {
  write({
    'templates/base.Dockerfile.liquid':
      'FROM debian:$TARGETARCH AS x\nFROM {{ from }}\nCOPY --from=x / /\nCOPY --from=Bad/Name / /\n',
  });
  const { success, text } = await run();
  expect(success).toBe(true);
  expect(text).toContain('`debian:$TARGETARCH` is a different image for each TARGETARCH, so it gets no line');
  expect(text).toContain('`Bad/Name` is not an image reference, so no registry is asked for it');
  expect(registry.asked).toHaveLength(3);
});

it('locks what is named in other ways, and what children inherit', async () => {
  registry.move('debian:12');
  for (const name of ['golang:1', 'busybox:1', 'mounted:1', 'inherited:1', 'part:9']) registry.move(name);
  const at = registry.address;
  write({
    'templates/base.Dockerfile.liquid': `FROM {{ from }}\nONBUILD COPY --from=${at}/inherited:1 /a /b\n`,
    'templates/runtime.Dockerfile.liquid': [
      `ARG GO=${at}/golang:1`,
      'ARG TAG=9',
      'ARG TOOL',
      'FROM --platform=$BUILDPLATFORM ${GO} AS go',
      `FROM ${at}/part:$TAG AS part`,
      'FROM {{ from }}',
      `COPY --from=${at}/busybox:1 /a /b`,
      'COPY --from=go /a /b',
      'COPY --from=part /a /b',
      `RUN --mount=type=bind,from=${at}/mounted:1,target=/m true`,
      '',
    ].join('\n'),
  });
  const { success, text } = await run();
  expect([success, text]).toEqual([true, expect.not.stringContaining('warning')]);
  expect(lock().map((line) => line.split(': ')[0])).toEqual([
    'busybox:1',
    'debian:12',
    'debian:13',
    'golang:1',
    'inherited:1',
    'mounted:1',
    'part:9',
  ]);
  expect(read('docker/app/debian12/base/Dockerfile').match(/@sha256:/g)).toHaveLength(2);
  expect(read('docker/app/debian12/runtime/Dockerfile').match(/@sha256:/g)).toHaveLength(4);
  expect((await run({ check: true })).text).toBe('images.lock: nothing moved');
});

it('brings stale files in sync even if nothing has moved', async () => {
  await run();
  write({ 'docker/app/debian12/base/Dockerfile': 'FROM scratch\n' });
  expect((await run()).text).toBe('images.lock: nothing moved; it stays as it is; wrote the files of 1 image');
  expect(read('docker/app/debian12/base/Dockerfile')).toContain('@sha256:');
});

it('writes JSON for scripts', async () => {
  await run();
  const now = registry.move('tool:1');
  const { text } = await run({ json: true, check: true });
  const { bases, written } = JSON.parse(text);
  expect(written).toBe(false);
  expect(bases.at(-1)).toEqual({
    reference: 'tool:1',
    state: 'moved',
    from: expect.stringMatching(/^sha256:/),
    to: now,
    direct: ['app-debian12-runtime', 'app-debian13-runtime'],
    images: ['app-debian12-runtime', 'app-debian13-runtime'],
  });
  await run({ json: 'dist/refresh.json' });
  expect(JSON.parse(read('dist/refresh.json'))).toMatchObject({ lock: 'images.lock', written: true });
});

it('leaves everything alone if a template has an error', async () => {
  await run();
  const before = read('images.lock');
  registry.move('debian:12');
  write({ 'templates/runtime.Dockerfile.liquid': 'FROM {{ from\n' });
  const { success, text } = await run();
  expect([success, text]).toEqual([false, expect.stringContaining('template-error')]);
  expect(read('images.lock')).toBe(before);
});

it.each([
  ['debian:12: latest\n', 'images.lock:1:12  error  bad-lock'],
  ['<<<<<<< ours\n', 'images.lock:1:1  error  bad-lock'],
])('says where a lock cannot be read: %j', async (text, problem) => {
  write({ 'images.lock': text });
  const result = await run();
  expect([result.success, result.text]).toEqual([false, expect.stringContaining(problem)]);
  expect(read('images.lock')).toBe(text);
});

it('writes nothing over a lock that has changed meanwhile', async () => {
  await run();
  registry.move('debian:12');
  registry.fault = () => {
    write({ 'images.lock': '# mine\n' });
    return false;
  };
  const { success, text } = await run();
  expect([success, text]).toEqual([
    false,
    expect.stringContaining('images.lock has changed while registries were asked'),
  ]);
  expect(read('images.lock')).toBe('# mine\n');
});

it('writes nothing if a generated file would go through a link', async () => {
  await run();
  const before = read('images.lock');
  registry.move('debian:12');
  rmSync(join(root, 'docker/app/debian12/base'), { recursive: true });
  mkdirSync(join(root, 'elsewhere'));
  symlinkSync(join(root, 'elsewhere'), join(root, 'docker/app/debian12/base'));
  const { success, text } = await run();
  expect([success, text]).toEqual([
    false,
    'docker/app/debian12/base is a symbolic link, and nothing is written through one; remove it',
  ]);
  expect([read('images.lock'), readdirSync(join(root, 'elsewhere'))]).toEqual([before, []]);
});

it('writes nothing if the lock is a link', async () => {
  write({ 'other.lock': '# nothing\n' });
  symlinkSync('other.lock', join(root, 'images.lock'));
  const { success, text } = await run();
  expect([success, text]).toEqual([
    false,
    'images.lock is a symbolic link, and nothing is written through one; remove it',
  ]);
  expect([read('other.lock'), existsSync(join(root, 'docker'))]).toEqual(['# nothing\n', false]);
});

it('does not put the version of one run into the files', async () => {
  process.env['IMAGE_VERSION'] = '9.9.9';
  try {
    await run();
  } finally {
    delete process.env['IMAGE_VERSION'];
  }
  expect(read('docker/app/debian12/runtime/image.json')).not.toContain('9.9.9');
});

describe('with two manifests', () => {
  const manifests = ['manifest.yml', 'tools/manifest.yml'];
  beforeEach(() => {
    registry.move('busybox:1');
    write({
      'tools/manifest.yml': `
release_spec: { templates_dir: templates, base_image: "${registry.address}/busybox:1" }
packages: { tool: { runtime: [debian12] } }
releases: { debian: { 12: { add_to_tags: slim } } }
`,
      'tools/templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
      'tools/templates/runtime.Dockerfile.liquid': `FROM app:base-slim\nCOPY --from=${registry.address}/tool:1 /a /b\n`,
    });
  });

  it('locks the bases of its own, and counts and writes the images of the other that start from them', async () => {
    expect(await run({ manifests })).toMatchObject({ success: true });
    expect(await run({ manifest: 'tools/manifest.yml', manifests })).toMatchObject({ success: true });
    const other = read('tools/images.lock');
    expect(other.match(/\w+:\d+(?=: sha)/g)).toEqual(['busybox:1', 'tool:1']);
    const now = registry.move('debian:12');
    const { success, text } = await run({ manifests });
    expect(success).toBe(true);
    expect(text).toMatch(/^debian:12 +\w{12} +\w{12} +3 \(1 directly\)$/m);
    expect(text).toContain('images.lock: 1 moved; wrote the files of 3 images');
    expect(read('tools/docker/tool/debian12/runtime/image.json')).toContain(now);
    expect(read('tools/images.lock')).toBe(other);
  });

  it('does not write the files of the other that have nothing to do with it', async () => {
    write({ 'tools/templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n' });
    expect(await run({ manifests })).toMatchObject({ success: true });
    expect(existsSync(join(root, 'tools/docker'))).toBe(false);
  });
});

describe('mirrors', () => {
  it('are asked in the place of a registry, and the registry if they fail, with a note', async () => {
    const mirror = await fakeRegistry('hub/debian:12', 'hub/debian:13');
    const plugin = { mirrors: { [registry.address]: `${mirror.address}/hub` } };
    try {
      expect((await run({ plugin })).text).toContain('3 new');
      expect(registry.asked).toEqual(['HEAD /v2/tool/manifests/1']);
      mirror.fault = (_, response) => {
        response.writeHead(403).end();
        return true;
      };
      const { success, text } = await run({ plugin });
      expect(success).toBe(true);
      expect(text).toContain('403 Forbidden; the registry itself is asked instead');
      expect(text).toContain('2 moved');
    } finally {
      mirror.close();
    }
  });
});
