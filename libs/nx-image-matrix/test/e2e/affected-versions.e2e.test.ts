import { changes, oddChanges, passingChanges } from '../support/changes.ts';
import { oddMatrix, passingLinks, passingMatrix, smallMatrix, submodule } from '../support/matrices.ts';
import { nxVersions } from '../support/nx-versions.ts';
import { Workspace } from '../support/workspace.ts';

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

/** Nx 24 selects tasks, earlier versions select projects; the result must be the same where possible. */
describe.each(Object.values(nxVersions))('what nx affected selects with Nx %s', (nx) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({
      files: { ...smallMatrix, ...oddMatrix, ...passingMatrix },
      nx,
    });
    for (const [path, target] of Object.entries(passingLinks)) workspace.link(path, target);
    workspace.addSubmodule(submodule);
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  const further = changes.find(({ what }) => what === 'a further tag of an image that others start from')!;
  it('can select tasks from Nx 23 on, where that is not the default', () => {
    further.make(workspace);
    const selected = workspace.affected('docker-build', { NX_LEGACY_AFFECTED: 'false' });
    expect(selected).toEqual(nx.startsWith('22.') ? further.affectedByProject : further.affected);
  });

  const all = [...changes.filter(({ what }) => some.has(what)), ...oddChanges, ...passingChanges];
  describe.each([
    ['regenerated', 0],
    ['not regenerated', 1],
  ])('after a change, %s', (_, turn) => {
    // What selects projects takes them from the inputs of the graph, generated or not: every other change is enough.
    it.each(all.filter((__, index) => selectsTasks(nx) || index % 2 === turn))('$what', (change) => {
      const { make, affected, affectedByProject = affected } = change;
      make(workspace);
      if (turn === 0) workspace.nxOk('sync');
      expect(workspace.affected('docker-build')).toEqual(selectsTasks(nx) ? affected : affectedByProject);
    });
  });
});
