import { docker, registry, registryDigest, removeImages, uniquePrefix } from '../support/engine.ts';
import { twoPackages } from '../support/two-packages.ts';
import { Workspace } from '../support/workspace.ts';

describe('a chain of images over two packages', () => {
  const prefix = uniquePrefix();
  const path = `nx-image-matrix-test/${prefix}chain`;
  const desktop = `${prefix}osrf-ros-plain1-desktop`;
  let workspace: Workspace;

  beforeAll(() => {
    workspace = new Workspace({ files: twoPackages(`${registry}/${path}`), plugin: { prefix } });
    workspace.write({ 'files/ros-core': `${prefix}\n` });
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  /** The layers of `core`, `base` and `desktop`. */
  const layers = (): string[][] =>
    ['ros:ros-core', 'ros:ros-base', 'osrf/ros:desktop'].map(
      (reference) =>
        JSON.parse(docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', prefix + reference)) as string[],
    );

  it('is built from its first parent on', () => {
    workspace.nxOk(`run ${desktop}:docker-build`);
    const [core = [], base = [], last = []] = layers();
    expect([core, base, last].map((found) => found.length)).toEqual([1, 2, 3]);
    expect(base.slice(0, 1)).toEqual(core);
    expect(last.slice(0, 2)).toEqual(base);
  });

  it('is up to date until a parent in the other package changes', () => {
    const [core, before] = layers();
    expect(workspace.nxOk(`run ${desktop}:docker-build --skipNxCache`)).toContain('up to date');
    workspace.write({ 'files/ros-base': 'changed\n' });
    workspace.nxOk(`run ${desktop}:docker-build`);
    const [sameCore, base, last] = layers();
    expect(sameCore).toEqual(core);
    expect(base).not.toEqual(before);
    expect(last?.slice(0, 2)).toEqual(base);
  });

  it('is pushed to the repositories of each package and release type', async () => {
    workspace.nxOk('run-many -t docker-push');
    const digests = [
      registryDigest(`${path}/osrf/ros`, 'desktop'),
      registryDigest(`${path}/ros`, 'ros-base'),
      registryDigest(`${path}/ros`, 'ros-core'),
    ];
    expect(await Promise.all(digests)).toEqual([expect.any(String), expect.any(String), undefined]);
  });
});
