import { changes } from '../support/changes.ts';
import { smallMatrix } from '../support/matrices.ts';
import { nxVersions } from '../support/nx-versions.ts';
import { pluginsInProcess, Workspace } from '../support/workspace.ts';

const some = new Set([
  "one release's spec",
  'a partial',
  'a comment in the manifest',
  'a file that a Dockerfile copies',
  'an image removed',
  'an image added',
  'an unrelated file',
]);

/** Nx 24 selects tasks, earlier ones select projects; the answer has to be the same. */
describe.each(Object.values(nxVersions))('what nx affected selects with Nx %s', (nx) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix, nx, environment: pluginsInProcess });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  describe.each([
    ['regenerated', true],
    ['not regenerated', false],
  ])('after a change, %s', (_, regenerate) => {
    it.each(changes.filter(({ what }) => some.has(what)))('$what', ({ make, affected }) => {
      make(workspace);
      if (regenerate) workspace.nxOk('sync');
      expect(workspace.affected('docker-build')).toEqual(affected);
    });
  });
});
