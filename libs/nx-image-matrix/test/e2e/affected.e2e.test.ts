import { Workspace } from '../support/workspace.ts';
import { smallMatrix } from '../support/matrices.ts';

interface Change {
  what: string;
  make: (workspace: Workspace) => void;
  /** Images selected for docker-build. */
  affected: string[];
}

const all12 = ['app-debian12-base', 'app-debian12-devel', 'app-debian12-runtime'];
const all13 = ['app-debian13-base', 'app-debian13-runtime'];

const changes: Change[] = [
  {
    what: "one release's spec",
    make: (workspace) => workspace.edit('manifest.yml', 'base_image: debian:trixie-slim', 'base_image: debian:13-slim'),
    affected: all13,
  },
  {
    what: 'a template',
    make: (workspace) => workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo changed'),
    affected: ['app-debian12-devel'],
  },
  {
    what: 'a partial',
    make: (workspace) => workspace.edit('templates/env.liquid', 'ENV {{', 'ENV X_{{'),
    affected: [...all12, ...all13],
  },
  {
    what: 'a comment in the manifest',
    make: (workspace) => workspace.edit('manifest.yml', 'version: 1.2.3', '# the next one is 2\nversion: 1.2.3'),
    affected: [],
  },
  {
    what: 'a comment in a template',
    make: (workspace) =>
      workspace.edit('templates/devel.Dockerfile.liquid', 'RUN', '{%- comment %} why {% endcomment %}\nRUN'),
    affected: [],
  },
  {
    what: 'a file that a Dockerfile copies',
    make: (workspace) => workspace.edit('tools/app/entrypoint.sh', 'app on', 'the app on'),
    affected: ['app-debian12-runtime', 'app-debian13-runtime'],
  },
  {
    what: 'an image removed',
    make: (workspace) => {
      workspace.edit('manifest.yml', '    devel:\n      - debian12\n', '');
      workspace.remove('docker/app/debian12/devel');
    },
    affected: [],
  },
  {
    what: 'an image added',
    make: (workspace) => workspace.edit('manifest.yml', '      - debian12\n', '      - debian12\n      - debian13\n'),
    affected: ['app-debian13-devel'],
  },
  {
    what: 'the release version',
    make: (workspace) => workspace.edit('manifest.yml', 'version: 1.2.3', 'version: 1.2.4'),
    affected: ['app-debian12-runtime', 'app-debian13-runtime'],
  },
  {
    what: 'the order of keys in the manifest',
    make: (workspace) => {
      workspace.edit('manifest.yml', '  add_to_tags: slim\n', '');
      workspace.edit('manifest.yml', '    - LANG=C.UTF-8\n', '    - LANG=C.UTF-8\n  add_to_tags: slim\n');
    },
    affected: [],
  },
  {
    what: 'an unrelated file',
    make: (workspace) => workspace.write({ 'README.md': 'Still not part of any image.\n' }),
    affected: [],
  },
];

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

  it('selects base images to be built, but has nothing of them to push', () => {
    workspace.edit('templates/env.liquid', 'ENV {{', 'ENV X_{{');
    if (regenerate) workspace.nxOk('sync');
    expect(workspace.affected('docker-push')).toEqual([
      'app-debian12-devel',
      'app-debian12-runtime',
      'app-debian13-runtime',
    ]);
  });
});
