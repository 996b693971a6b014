import { changes, oddChanges } from '../support/changes.ts';
import { oddMatrix, smallMatrix, submodule } from '../support/matrices.ts';
import { nxVersions } from '../support/nx-versions.ts';
import { pluginsInProcess, Workspace } from '../support/workspace.ts';

const some = new Set([
  "one release's spec",
  'a partial',
  'a comment in the manifest',
  'a further tag of an image that others start from',
  'a file that a Dockerfile copies',
  'an image removed',
  'an image added',
  'an unrelated file',
]);

function selectsTasks(nx: string): boolean {
  return Number(nx.split('.')[0]) >= 24;
}

/** Nx 24 selects tasks, earlier ones select projects; the answer has to be the same where that can be. */
describe.each(Object.values(nxVersions))('what nx affected selects with Nx %s', (nx) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: { ...smallMatrix, ...oddMatrix }, nx, environment: pluginsInProcess });
    workspace.addSubmodule(submodule);
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  describe.each([
    ['regenerated', true],
    ['not regenerated', false],
  ])('after a change, %s', (_, regenerate) => {
    it.each([...changes.filter(({ what }) => some.has(what)), ...oddChanges])('$what', (change) => {
      const { make, affected, affectedByProject = affected } = change;
      make(workspace);
      if (regenerate) workspace.nxOk('sync');
      expect(workspace.affected('docker-build')).toEqual(selectsTasks(nx) ? affected : affectedByProject);
    });
  });
});
