import type { BuildRequest } from '../engine.ts';
import { buildCommand } from './build-command.ts';

const request: BuildRequest = {
  context: '/w',
  dockerfile: '/w/docker/x/Dockerfile',
  tags: ['x:1', 'x:2'],
  buildArgs: {},
  labels: {},
  platforms: [],
  pins: [],
  secrets: [],
  pull: false,
  timeout: 1,
  onLine: () => {},
  environment: {},
};
const facts = { builder: 'default', containerdStore: true, driver: 'docker', provenance: true };

describe('buildCommand', () => {
  it('builds in the daemon, into its image store', () => {
    expect(buildCommand(request, facts).join(' ')).toBe(
      'buildx build --builder default --progress=plain --load --provenance=false --file /w/docker/x/Dockerfile --tag x:1 --tag x:2 /w',
    );
  });

  it.each<[string, Partial<BuildRequest>, string]>([
    ['build arguments', { buildArgs: { A: 'a b', B: '' } }, '--build-arg|A=a b|--build-arg|B='],
    ['labels', { labels: { 'a.b': 'c=d' } }, '--label|a.b=c=d'],
    ['platforms', { platforms: ['linux/amd64', 'linux/arm64'] }, '--platform|linux/amd64,linux/arm64'],
    ['a secret of the environment', { secrets: [{ id: 't', env: 'T' }] }, '--secret|id=t,env=T'],
    ['a secret in a file', { secrets: [{ id: 't', src: '/a,b' }] }, '--secret|id=t,"src=/a,b"'],
    ['SSH agents', { ssh: ['default', 'deploy'] }, '--ssh|default|--ssh|deploy'],
    ['pull', { pull: true }, '--pull'],
    ['no cache', { noCache: true }, '--no-cache'],
  ])('passes %s', (_, change, words) => {
    expect(buildCommand({ ...request, ...change }, facts).join('|')).toContain(`|${words}|`);
  });

  const cache = { from: ['r/cache:x'], to: 'r/cache:x', pushed: ['r/x:1'] };
  const exported = '--cache-to|type=registry,ref=r/cache:x,mode=max,ignore-error=true';

  it.each<[string, Partial<BuildRequest>, boolean, string]>([
    [
      'a cache in the registry',
      { cache },
      true,
      `--build-arg|A=1|--cache-from|type=registry,ref=r/cache:x|${exported}|/w`,
    ],
    [
      'a cache that is only read',
      { cache: { ...cache, to: undefined } },
      true,
      '--build-arg|A=1|--cache-from|type=registry,ref=r/cache:x|/w',
    ],
    ['a cache that is only written', { cache: { ...cache, from: [] } }, true, `--build-arg|A=1|${exported}|/w`],
    [
      'a cache in the pushed image, where docker can have no other',
      { cache },
      false,
      '--build-arg|A=1|--cache-from|type=registry,ref=r/cache:x|--cache-from|type=registry,ref=r/x:1|--cache-to|type=inline|/w',
    ],
    [
      'a cache in the registry to a builder of its own',
      { cache: { ...cache, from: [] }, environment: { BUILDX_BUILDER: 'mine' } },
      false,
      `--build-arg|A=1|${exported}|/w`,
    ],
  ])('passes %s', (_, change, containerdStore, words) => {
    const args = buildCommand({ ...request, buildArgs: { A: '1' }, ...change }, { ...facts, containerdStore });
    expect(args.join('|').endsWith(words)).toBe(true);
  });

  it('leaves the builder to BUILDX_BUILDER', () => {
    const environment = { BUILDX_BUILDER: 'mine' };
    expect(buildCommand({ ...request, environment }, facts)).not.toContain('--builder');
  });

  it('omits provenance for a buildx without support for it', () => {
    expect(buildCommand(request, { ...facts, provenance: false }).join()).not.toContain('provenance');
  });

  it('rejects several platforms on an image store that supports one', () => {
    const platforms = ['linux/amd64', 'linux/arm64'];
    expect(() => buildCommand({ ...request, platforms }, { ...facts, containerdStore: false })).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        hint: expect.stringContaining('containerd-snapshotter'),
      }) as Error,
    );
  });
});

it.each([
  ['the driver docker', 'docker', '--load'],
  ['another driver', 'remote', 'type=docker,rewrite-timestamp=true'],
])('gives all files the time of the image, with %s', (_, driver, output) => {
  expect(buildCommand({ ...request, rewriteTimestamps: true }, { ...facts, driver })).toContain(output);
  expect(buildCommand(request, { ...facts, driver })).toContain('--load');
});

it.each([
  ['docker', true, 'type=oci,oci-mediatypes=false,dest=/tmp/a.tar'],
  ['docker', false, 'type=docker,dest=/tmp/a.tar'],
  ['remote', false, 'type=oci,rewrite-timestamp=true,dest=/tmp/a.tar'],
])('writes an archive of the same image with the driver %s (containerd: %s)', (driver, containerdStore, output) => {
  const command = buildCommand(
    { ...request, platforms: [], rewriteTimestamps: true, archive: '/tmp/a.tar' },
    { ...facts, driver, containerdStore },
  );
  expect(command).toContain(output);
  expect(command).not.toContain('--load');
  expect(command).not.toContain('--tag');
});
