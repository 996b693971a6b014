import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../support/workspace.ts';
import { smallMatrix, smallMatrixImages, smallRepository } from '../support/matrices.ts';

interface Graph {
  graph: {
    nodes: Record<
      string,
      { data: { root: string; tags: string[]; targets: Record<string, unknown>; metadata: Metadata } }
    >;
    dependencies: Record<string, { target: string }[]>;
  };
}

interface Metadata {
  description: string;
  targetGroups: Record<string, string[]>;
  image: Record<string, unknown>;
}

describe('the project graph of a workspace with a manifest', () => {
  let workspace: Workspace;
  let graph: Graph['graph'];

  beforeAll(() => {
    workspace = new Workspace({ files: smallMatrix });
    workspace.nxOk('graph --file=graph.json');
    ({ graph } = workspace.readJson<Graph>('graph.json') as unknown as Graph);
  });
  afterAll(() => workspace.dispose());

  it('has a project for every image, and one for the manifest', () => {
    expect(Object.keys(graph.nodes).sort()).toEqual([...smallMatrixImages, 'images']);
    expect(graph.nodes['images']!.data.root).toBe('docker');
    expect(graph.nodes['app-debian12-runtime']!.data.root).toBe('docker/app/debian12/runtime');
  });

  it('has an edge from each image to its parent', () => {
    const edges = (name: string) => graph.dependencies[name]!.map(({ target }) => target);
    expect(edges('app-debian12-runtime')).toEqual(['app-debian12-base']);
    expect(edges('app-debian12-devel')).toEqual(['app-debian12-base']);
    expect(edges('app-debian13-base')).toEqual([]);
  });

  it('gives base images no push target', () => {
    expect(Object.keys(graph.nodes['app-debian12-base']!.data.targets)).toEqual(['docker-generate', 'docker-build']);
    expect(Object.keys(graph.nodes['app-debian12-runtime']!.data.targets)).toContain('docker-push');
  });

  it('carries the resolved image as metadata', () => {
    const { tags, metadata } = graph.nodes['app-debian13-runtime']!.data;
    expect(tags).toEqual(
      expect.arrayContaining([
        'package:app',
        'type:runtime',
        'release:runtime',
        'distro:debian',
        'distro:debian13',
        'cuda:none',
      ]),
    );
    expect(metadata.targetGroups).toEqual({ Docker: ['docker-generate', 'docker-build', 'docker-push'] });
    expect(metadata.image).toEqual({
      manifest: 'manifest.yml',
      folder: 'docker/app/debian13/runtime',
      package: 'app',
      releaseType: 'runtime',
      distro: 'debian',
      distroVersion: '13',
      cuda: null,
      args: {},
      from: 'app:base-slim13',
      baseImage: 'debian:trixie-slim',
      tags: ['1.2.3-slim13-runtime'],
      floatingTags: [],
      reference: 'app:1.2.3-slim13-runtime',
      platforms: [],
      labels: {},
      repositories: [smallRepository],
      files: ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'],
      upToDate: false,
    });
  });

  it('selects images by tag', () => {
    const found = JSON.parse(workspace.nxOk('show projects --projects tag:distro:debian13 --json')) as string[];
    expect(found.sort()).toEqual(['app-debian13-base', 'app-debian13-runtime']);
  });

  it('shows the matrix as a table and as JSON', () => {
    workspace.nxOk('sync');
    const table = workspace.nxOk('run images:docker-matrix');
    expect(table).toContain('app-debian12-runtime');
    expect(table).toContain('5 images, 0 with stale files');
    const json = workspace.nxOk('run images:docker-matrix --json');
    const rows = JSON.parse(json.slice(json.indexOf('['), json.lastIndexOf(']') + 1)) as { reference: string }[];
    expect(rows.map(({ reference }) => reference)).toContain('app:1.2.3-slim-runtime');
    expect(rows[0]).toMatchObject({ axes: [], cudaComponents: {}, envars: {}, vars: {} });
  });

  it('names the images that have all of several tags, in a file for other commands', () => {
    workspace.nxOk('sync');
    workspace.nxOk('run images:docker-matrix --tag distro:debian13 --tag type:runtime --outputFile=dist/images.txt');
    expect(workspace.read('dist/images.txt')).toBe('app-debian13-runtime\n');
    expect(workspace.nxOk('run images:docker-matrix --tag distro:debian12 --tag=!type:base --shard=1/1')).toMatch(
      /^app-debian12-devel\napp-debian12-runtime$|^app-debian12-runtime\napp-debian12-devel$/m,
    );
    const { status, output } = workspace.nx('run images:docker-matrix --tag distro:debian13,type:devel --outputFile=x');
    expect(status).toBe(1);
    expect(output).toContain('No image has all of these tags: distro:debian13, type:devel.');
    expect(existsSync(join(workspace.root, 'x'))).toBe(false);
  });
});

/** A plugin with a target that no file declares. */
const inferCore = `const target = {
  executor: 'nx:run-commands',
  options: { command: 'true' },
  inputs: ['{projectRoot}/src/**/*'],
  outputs: ['{projectRoot}/out/**/*'],
};
const projects = { 'libs/core': { name: 'core', root: 'libs/core', targets: { compile: target } } };
const createNodes = ['**/core.cfg', (files) => files.map((file) => [file, { projects }])];
module.exports = { name: 'infer', createNodes, createNodesV2: createNodes };
`;

/** In a project whose folder is copied: some outputs are tracked or excluded. */
const webTargets = Object.fromEntries(
  Object.entries({
    bundle: 'web/out',
    pages: 'web/tracked',
    maps: 'web/kept-out',
    test: 'web/coverage',
    assets: 'made',
  }).map(([target, folder]) => [
    target,
    { executor: 'nx:run-commands', inputs: ['{projectRoot}/*.js'], outputs: [`{workspaceRoot}/${folder}`] },
  ]),
);

describe('files that an image copies', () => {
  const files = {
    ...smallMatrix,
    'templates/runtime.Dockerfile.liquid':
      'FROM {{ from }}\nCOPY dist/apps/api /api\nCOPY libs/core/out/core.js secret.txt /\n',
    'templates/devel.Dockerfile.liquid': 'FROM {{ from }}\nCOPY web/ /web\nCOPY made /made\n',
    '.dockerignore': 'web/kept-out\n',
    'web/index.js': '1\n',
    'web/project.json': JSON.stringify({
      name: 'web',
      implicitDependencies: ['app-debian13-base'],
      targets: webTargets,
    }),
    'apps/api/project.json': JSON.stringify({
      name: 'api',
      targets: { bundle: { executor: 'nx:run-commands', outputs: ['{workspaceRoot}/dist/apps/api'] } },
    }),
    '.gitignore': 'node_modules\ndist\nout\n.nx\nsecret.txt\nmade/\nkept-out/\ncoverage/\n',
    'libs/core/core.cfg': '',
    'libs/core/src/core.js': '1\n',
    'tools/infer.js': inferCore,
    'tsconfig.base.json': '{}',
  };
  const nxJson = { plugins: ['./tools/infer.js', { plugin: 'nx-image-matrix', options: {} }] };

  it('make it depend on the target that creates them, or cause a warning if git ignores them', () => {
    const workspace = new Workspace({ files, nxJson });
    try {
      workspace.nxOk('sync');
      workspace.commit('generated');
      const project = JSON.parse(workspace.nxOk('show project app-debian12-runtime --json')) as {
        implicitDependencies: string[];
        targets: Record<string, { dependsOn: unknown[] }>;
      };
      expect(project.implicitDependencies).toEqual(['app-debian12-base', 'api', 'core']);
      expect(project.targets['docker-build']!.dependsOn).toContainEqual({ projects: ['api'], target: 'bundle' });
      expect(project.targets['docker-build']!.dependsOn).toContainEqual({ projects: ['core'], target: 'compile' });
      const devel = JSON.parse(workspace.nxOk('show project app-debian12-devel --json')) as typeof project;
      expect(devel.targets['docker-build']!.dependsOn.slice(-2)).toEqual([
        { projects: ['web'], target: 'assets' },
        { projects: ['web'], target: 'bundle' },
      ]);
      workspace.edit('libs/core/src/core.js', '1', '2');
      expect(workspace.affected('docker-push')).toEqual(['app-debian12-runtime', 'app-debian13-runtime']);
      for (const command of ['run images:docker-matrix', 'show projects']) {
        const { output } = workspace.nx(command);
        expect(output).toMatch(/docker\/app\/debian12\/runtime\/Dockerfile:3:\d+ {2}warning {2}copies-ignored-file/);
        expect(output).not.toContain('"dist/apps/api" is copied');
      }
      expect(workspace.nx('show projects').output.match(/"secret\.txt" is copied/g)).toHaveLength(1);
    } finally {
      workspace.dispose();
    }
  });

  it('cause a warning if they are everything', () => {
    const workspace = new Workspace({
      files: { ...smallMatrix, 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nCOPY . /app\n' },
    });
    try {
      const { status, output } = workspace.nx('run app-debian12-runtime:docker-generate');
      expect(status).toBe(0);
      expect(output).toContain('docker/app/debian12/runtime/Dockerfile:2:1  warning  copies-everything');
    } finally {
      workspace.dispose();
    }
  });
});

describe('a workspace with several manifests', () => {
  it("separates their images by prefix, and ignores another program's manifest", () => {
    const second = Object.fromEntries(
      Object.entries(smallMatrix).map(([path, text]) => [
        `apps/second/${path}`,
        text.replace(smallRepository, `${smallRepository}-second`),
      ]),
    );
    const workspace = new Workspace({
      files: { ...smallMatrix, ...second, 'charts/manifest.yaml': 'kind: Deployment\nreleases: 3\n' },
      plugin: { prefix: { 'apps/second/manifest.yml': 'second-' } },
    });
    try {
      expect(workspace.images()).toEqual([...smallMatrixImages, ...smallMatrixImages.map((name) => `second-${name}`)]);
      const project = JSON.parse(workspace.nxOk('show project second-app-debian12-runtime --json')) as {
        root: string;
        metadata: Metadata;
      };
      expect(project.root).toBe('apps/second/docker/app/debian12/runtime');
      expect(project.metadata.image).toMatchObject({
        reference: 'second-app:1.2.3-slim-runtime',
        from: 'second-app:base-slim',
      });
      const manifests = JSON.parse(workspace.nxOk('show projects --with-target docker-matrix --json')) as string[];
      expect(manifests.sort()).toEqual(['apps-second-images', 'images']);
    } finally {
      workspace.dispose();
    }
  });

  it('gives each the options of its entry in nx.json', () => {
    const second = Object.fromEntries(
      Object.entries(smallMatrix).map(([path, text]) => [
        `services/api/${path}`,
        text.replaceAll(smallRepository, `${smallRepository}-api`),
      ]),
    );
    const options = {
      outputDir: 'images',
      prefix: 'api-',
      version: '9.0.0',
      engine: 'docker',
      generateTargetName: 'render',
      buildTargetName: 'image',
      matrixTargetName: 'list',
    };
    const plugins = [
      { plugin: 'nx-image-matrix', exclude: ['services/**'], options: { engine: 'podman' } },
      { plugin: 'nx-image-matrix', include: ['services/**'], options },
    ];
    const workspace = new Workspace({ files: { ...smallMatrix, ...second }, nxJson: { plugins } });
    const has = (path: string): boolean => existsSync(join(workspace.root, path));
    try {
      workspace.nxOk('sync');
      expect(workspace.readJson('docker/app/debian12/runtime/image.json')['reference']).toBe('app:1.2.3-slim-runtime');
      expect(workspace.readJson('services/api/images/app/debian12/runtime/image.json')['reference']).toBe(
        'api-app:9.0.0-slim-runtime',
      );
      expect(has('services/api/docker') || has('images')).toBe(false);
      expect(workspace.nx('sync:check').status).toBe(0);
      workspace.commit('generated');
      workspace.remove('docker');
      workspace.remove('services/api/images');
      workspace.nxOk('run-many -t docker-generate,render --skip-nx-cache');
      expect(workspace.git('status', '--porcelain')).toBe('');
      const listed = workspace.nxOk('run services-api-images:list');
      expect(listed).toContain('api-app:9.0.0-slim-runtime');
      expect(listed).toContain('5 images, 0 with stale files');
      const noDocker = { DOCKER_HOST: `unix://${workspace.root}/none.sock` };
      const { output } = workspace.nx('run api-app-debian12-base:image', noDocker);
      expect(output).toContain('the docker daemon does not answer');
      workspace.nxOk('g nx-image-matrix:ci --no-interactive');
      expect(workspace.read('.github/workflows/images.yml')).toContain('nx affected -t docker-build,image');
      workspace.write({ 'services/api/templates/runtime.Dockerfile.liquid': 'FROM app:1.2.3-slim-runtime\n' });
      const stranger = workspace.nx('affected -t image --base=HEAD');
      expect(stranger.status).toBe(1);
      expect(stranger.output).toContain('error  parent-of-other-entry');
      expect(stranger.output).toContain('plugins[1] takes services/api/manifest.yml and plugins[0] takes manifest.yml');
      workspace.edit('nx.json', '"include":["services/**"],', '');
      const taken = workspace.nx('show projects');
      expect(taken.status).toBe(1);
      expect(taken.output).toContain(
        'manifest.yml is taken by several entries of nx-image-matrix: plugins[0], plugins[1]',
      );
    } finally {
      workspace.dispose();
    }
  });

  it('says which names collide and how to keep them apart', () => {
    const second = Object.fromEntries(Object.entries(smallMatrix).map(([path, text]) => [`second/${path}`, text]));
    const workspace = new Workspace({ files: { ...smallMatrix, ...second } });
    try {
      const { status, output } = workspace.nx('show projects');
      expect(status).toBe(1);
      expect(output).toContain('duplicate-project');
      expect(output).toContain('prefix');
    } finally {
      workspace.dispose();
    }
  });

  it('says how to rename an image if a project of the user has the same name', () => {
    const workspace = new Workspace({ files: smallMatrix });
    try {
      workspace.write({
        'apps/pictures/project.json': '{ "name": "images" }',
        'libs/app-debian12-base/project.json': '{}',
        'fixtures/package.json': '{ "name": "app-debian13-base" }',
      });
      const { status, output } = workspace.nx('run-many -t docker-generate');
      expect(status).toBe(1);
      expect(output).toContain('apps/pictures/project.json:1:1  error  duplicate-project');
      expect(output).toContain('put {"name": "docker-images"} into docker/project.json');
      expect(output).toContain('libs/app-debian12-base/project.json:1:1  error  duplicate-project');
      expect(output).toContain('plugin option `prefix`');
      workspace.write({ '.nxignore': 'libs\n', 'docker/project.json': '{ "name": "docker-images" }' });
      expect(workspace.nxOk('show projects').split('\n').sort()).toEqual(
        expect.arrayContaining(['app-debian12-base', 'app-debian13-base', 'docker-images', 'images']),
      );
    } finally {
      workspace.dispose();
    }
  });
});

describe('target names', () => {
  it('can be chosen', () => {
    const workspace = new Workspace({
      files: smallMatrix,
      plugin: {
        generateTargetName: 'render',
        buildTargetName: 'image',
        pushTargetName: 'publish',
        matrixTargetName: 'list',
      },
    });
    try {
      expect(JSON.parse(workspace.nxOk('show projects --with-target publish --json'))).toContain(
        'app-debian12-runtime',
      );
      workspace.nxOk('run-many -t render');
      expect(workspace.read('docker/app/debian12/base/Dockerfile')).toContain('FROM debian:bookworm-slim');
      workspace.nxOk('sync');
      expect(workspace.nxOk('run images:list')).toContain('5 images');
    } finally {
      workspace.dispose();
    }
  });
});

describe('dates in tags, arguments and templates', () => {
  it('are the same in every time zone and language', () => {
    const date = `{{ '2026-03-01T20:00:00Z' | date: '%B-%d-%H' }}`;
    const workspace = new Workspace({ files: smallMatrix });
    try {
      workspace.edit(
        'manifest.yml',
        'releases:',
        `release_types:\n  runtime:\n    tags: ["${date}-{{ add_to_tags }}"]\n    args: { SINCE: "${date}" }\nreleases:`,
      );
      workspace.edit('templates/runtime.Dockerfile.liquid', 'FROM', `# ${date}\nARG SINCE\nFROM`);
      workspace.nxOk('run-many -t docker-generate', { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8' });
      const folder = 'docker/app/debian12/runtime';
      expect(workspace.readJson(`${folder}/image.json`)).toMatchObject({
        tags: ['March-01-20-slim'],
        args: { SINCE: 'March-01-20' },
      });
      expect(workspace.read(`${folder}/Dockerfile`)).toContain('# March-01-20\n');
    } finally {
      workspace.dispose();
    }
  });
});
