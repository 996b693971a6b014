import { nxVersions } from '../support/nx-versions.ts';
import { Workspace } from '../support/workspace.ts';

const templates = {
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nARG VERSION\nRUN echo {{ vars.suite }}\n',
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo {{ package }}\n',
};
const release = '{ templates_dir: templates, base_image: "debian:bookworm-slim" }';
const versions = JSON.stringify({ '3.12': { VERSION: '3.12.13' }, '3.13': { VERSION: '3.13.9' } }, null, 2);

/** A manifest of several files: by `include`, and as a folder. */
const parts = {
  ...templates,
  'manifest/api.yml': 'packages:\n  api:\n    runtime: [debian]\n',
  'manifest/worker.yml':
    'packages:\n  worker:\n    runtime: [debian]\npackage_spec:\n  worker:\n    args:\n      PYTHON_VERSION: { from: ../versions.json }\n',
  'manifest/releases.yml': `releases:\n  debian:\n    12: ${release}\nrelease_spec:\n  vars: { from: ../data/vars.yaml }\n`,
  'versions.json': versions,
  'data/vars.yaml': 'suite: bookworm\n',
  'data/labels.yml': 'release_types: { runtime: { labels: { c: d } } }\n',
};
const included = {
  ...parts,
  'manifest.yml': 'version: 1.0.0\ninclude: [manifest, data/*.yml]\n',
};
const folder = { ...parts, 'manifest/version.yml': 'version: 1.0.0\ninclude: ../data/l*.yml\n' };

const api = ['api-debian12-base', 'api-debian12-runtime'];
const worker312 = ['worker-debian12-base-python3.12', 'worker-debian12-runtime-python3.12'];
const worker313 = ['worker-debian12-base-python3.13', 'worker-debian12-runtime-python3.13'];
const all = [...api, ...worker312, ...worker313];

interface Change {
  what: string;
  make: (workspace: Workspace) => void;
  affected: string[];
}

const changes: Change[] = [
  {
    what: 'a value that comes with one value of an axis, in a data file',
    make: (workspace) => workspace.edit('versions.json', '3.13.9', '3.13.10'),
    affected: worker313,
  },
  {
    what: 'a data file formatted',
    make: (workspace) => workspace.write({ 'versions.json': JSON.stringify(JSON.parse(versions)) }),
    affected: [],
  },
  {
    what: 'a value added to an axis in a data file',
    make: (workspace) => workspace.edit('versions.json', '"3.13":', '"3.14": {}, "3.13":'),
    affected: ['worker-debian12-base-python3.14', 'worker-debian12-runtime-python3.14'],
  },
  {
    what: 'variables in a data file',
    make: (workspace) => workspace.edit('data/vars.yaml', 'bookworm', 'trixie'),
    affected: all,
  },
  {
    what: 'a comment in a file of the manifest',
    make: (workspace) => workspace.edit('manifest/api.yml', 'packages:', '# those of the API\npackages:'),
    affected: [],
  },
  {
    what: 'the settings of one package, in its file',
    make: (workspace) =>
      workspace.write({
        'manifest/api.yml': `${workspace.read('manifest/api.yml')}package_spec: { api: { labels: { a: b } } }\n`,
      }),
    affected: api,
  },
  {
    what: 'a file of the manifest added',
    make: (workspace) => workspace.write({ 'manifest/web.yml': 'packages: { web: { runtime: [debian] } }\n' }),
    affected: ['web-debian12-base', 'web-debian12-runtime'],
  },
  {
    what: 'an included file removed',
    make: (workspace) => {
      workspace.write({ 'data/later.yml': '' });
      workspace.remove('data/labels.yml');
    },
    affected: all.filter((image) => image.includes('runtime')),
  },
  {
    what: 'a file of the folder moved',
    make: (workspace) => {
      workspace.write({ 'data/later.yml': workspace.read('manifest/api.yml').replace('api', 'api2') });
      workspace.remove('manifest/api.yml');
    },
    affected: ['api2-debian12-base', 'api2-debian12-runtime', ...all.filter((image) => !image.includes('api'))],
  },
  {
    what: 'another file in the folder',
    make: (workspace) => workspace.write({ 'manifest/README.md': 'packages: those of this folder\n' }),
    affected: [],
  },
  {
    what: 'a file that sets what others leave open added',
    make: (workspace) => workspace.write({ 'manifest/types.yml': 'release_types: { base: { labels: { a: b } } }\n' }),
    affected: all,
  },
];

describe.each([
  ['by include, regenerated', included, true],
  ['by include, not regenerated', included, false],
  ['as a folder, regenerated', folder, true],
  ['as a folder, not regenerated', folder, false],
])('what nx affected selects after a change of a manifest of several files, %s', (_, files, regenerate) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it.each(changes)('$what', ({ make, affected }) => {
    make(workspace);
    if (regenerate) workspace.nxOk('sync');
    expect(workspace.affected('docker-build')).toEqual(affected.toSorted());
  });
});

const some = new Set([
  'a value that comes with one value of an axis, in a data file',
  'a comment in a file of the manifest',
  'a file of the manifest added',
  'an included file removed',
]);

describe.each([nxVersions['22'], nxVersions['23']])('the same with Nx %s', (nx) => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: folder, nx });
    workspace.nxOk('sync');
    workspace.commit('generated');
  });
  afterEach(() => workspace.reset());
  afterAll(() => workspace.dispose());

  it.each(changes.filter(({ what }) => some.has(what)))('$what', ({ make, affected }) => {
    make(workspace);
    expect(workspace.affected('docker-build')).toEqual(affected.toSorted());
  });
});

it('leaves a manifest that is a folder to the entry of nx.json that takes its files', () => {
  const services = Object.fromEntries(Object.entries(folder).map(([path, text]) => [`services/${path}`, text]));
  const workspace = new Workspace({
    files: { ...services, 'manifest/other.yml': 'kind: Service\n' },
    nxJson: {
      plugins: [
        { plugin: 'nx-image-matrix', exclude: ['services/**'] },
        { plugin: 'nx-image-matrix', include: ['services/**'], options: { outputDir: 'images', prefix: 'own-' } },
      ],
    },
  });
  expect(workspace.images()).toEqual(all.map((image) => `own-${image}`).toSorted());
  workspace.nxOk('sync');
  expect(workspace.git('status', '--short')).toContain('services/images/');
  workspace.dispose();
});
