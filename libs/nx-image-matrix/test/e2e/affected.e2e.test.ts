import { changes, folderChanges } from '../support/changes.ts';
import { folderMatrix, smallMatrix } from '../support/matrices.ts';
import { Workspace } from '../support/workspace.ts';

describe.each([
  ['regenerated', true],
  ['not regenerated', false],
])('what nx affected selects after a change, %s', (_, regenerate) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it.each(changes)('$what', ({ make, affected }) => {
    make(workspace);
    if (regenerate) workspace.nxOk('sync');
    expect(workspace.affected('docker-build')).toEqual(affected);
  });

  it('selects base images for builds, but not for pushes', () => {
    workspace.edit('templates/env.liquid', 'ENV {{', 'ENV X_{{');
    if (regenerate) workspace.nxOk('sync');
    expect(workspace.affected('docker-push')).toEqual([
      'app-debian12-devel',
      'app-debian12-runtime',
      'app-debian13-runtime',
    ]);
  });
});

describe.each([
  ['regenerated', true],
  ['not regenerated', false],
])('what nx affected selects after a change of template folders and copied folders, %s', (_, regenerate) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: folderMatrix });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it.each(folderChanges)('$what', ({ make, affected }) => {
    make(workspace);
    if (regenerate) workspace.nxOk('sync');
    expect(workspace.affected('docker-build')).toEqual(affected);
  });
});
