import { twoPackages } from '../support/two-packages.ts';
import { Workspace } from '../support/workspace.ts';

const [core, base, desktop] = ['ros-plain1-ros-core', 'ros-plain1-ros-base', 'osrf-ros-plain1-desktop'] as const;

describe('images with a parent in another package', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: twoPackages('registry.example.com') });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it('have its reference in their image.json and Dockerfile', () => {
    expect(workspace.images()).toEqual([desktop, base, core]);
    expect(workspace.readJson('docker/osrf/ros/plain1/desktop/image.json')).toMatchObject({
      package: 'osrf/ros',
      from: 'ros:ros-base',
      baseImage: 'scratch',
      reference: 'osrf/ros:desktop',
      repositories: ['registry.example.com/osrf/ros'],
    });
    expect(workspace.readJson('docker/ros/plain1/ros-core/image.json')).toMatchObject({ repositories: [] });
    expect(workspace.read('docker/osrf/ros/plain1/desktop/Dockerfile')).toContain('FROM ros:ros-base\n');
  });

  it.each([
    ['a file of the first parent', 'files/ros-core', 'core', [desktop, base, core]],
    ['a file of the parent', 'files/ros-base', 'base', [desktop, base]],
    ['a file of the child', 'files/desktop', 'desktop', [desktop]],
    ['a template of the parents', 'templates/image.Dockerfile.liquid', 'COPY', [desktop, base, core]],
    ['a template of the child', 'templates/desktop.Dockerfile.liquid', 'COPY', [desktop]],
  ])('are affected by an edit of %s', (_, path, from, affected) => {
    workspace.edit(path, from, path.startsWith('files') ? 'changed' : 'COPY --chmod=644');
    expect(workspace.affected('docker-build')).toEqual(affected);
  });

  it('are removed with their package', () => {
    workspace.edit('manifest.yml', '  osrf/ros: { desktop: [plain] }\n', '');
    workspace.edit('manifest.yml', '      osrf/ros: registry.example.com/osrf/ros\n', '');
    workspace.nxOk('sync');
    expect(workspace.git('status', '--porcelain', 'docker')).toMatch(
      / D docker\/osrf\/ros\/plain1\/desktop\/Dockerfile\n/,
    );
  });
});
