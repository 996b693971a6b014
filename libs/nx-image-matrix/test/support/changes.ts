import { oddFolder, passingImages, smallMatrixImages, submodule } from './matrices.ts';
import type { Workspace } from './workspace.ts';

/** A change of the small matrix. */
export interface Change {
  what: string;
  make: (workspace: Workspace) => void;
  /** Images selected for docker-build. */
  affected: string[];
  /**
   * Those that an Nx that selects whole projects selects, if different. It selects everything that depends on a project
   * with a changed file, so it does not notice a change of `image.json` that only a push reads.
   */
  affectedByProject?: string[];
}

const all12 = ['app-debian12-base', 'app-debian12-devel', 'app-debian12-runtime'];
const all13 = ['app-debian13-base', 'app-debian13-runtime'];

/** One of each kind, and what it changes. */
export const changes: Change[] = [
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
    what: 'a further tag of an image that others start from',
    make: (workspace) =>
      workspace.edit('manifest.yml', 'packages:', 'release_types:\n  base:\n    floating_tags: [moved]\npackages:'),
    affected: ['app-debian12-base', 'app-debian13-base'],
    affectedByProject: [...all12, ...all13],
  },
  {
    what: 'a label of an image that others start from',
    make: (workspace) =>
      workspace.edit('manifest.yml', 'packages:', 'release_types:\n  base:\n    labels: { moved: yes }\npackages:'),
    affected: [...all12, ...all13],
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

/** Changes of the matrix with template folders. */
export const folderChanges: Change[] = [
  {
    what: 'a further file of a template that is no longer there',
    make: (workspace) => workspace.remove('templates/debian/devel/notes.txt'),
    affected: ['app-debian12-devel'],
  },
  {
    what: 'a further file of a template that is new',
    make: (workspace) => workspace.write({ 'templates/debian/devel/new/more.txt': 'more\n' }),
    affected: ['app-debian12-devel'],
  },
  {
    what: 'a further file of a template that is no longer executable',
    make: (workspace) => workspace.chmod('templates/debian/devel/start.sh', 0o644),
    affected: ['app-debian12-devel'],
  },
  {
    what: 'a further file of a template that has become executable',
    make: (workspace) => workspace.chmod('templates/debian/devel/notes.txt', 0o755),
    affected: ['app-debian12-devel'],
  },
  {
    what: 'a partial that went before another of the same name and is no longer there',
    make: (workspace) => workspace.remove('templates/debian/shared/greet.liquid'),
    affected: [...all12, ...all13],
  },
  {
    what: 'a partial of the same name where none looks for it',
    make: (workspace) => workspace.write({ 'templates/other/shared/greet.liquid': 'RUN echo other\n' }),
    affected: [],
  },
  {
    what: 'a file added to a copied folder',
    make: (workspace) => workspace.write({ 'tools/app/more/new.txt': 'new\n' }),
    affected: ['app-debian12-runtime', 'app-debian13-runtime'],
  },
  {
    what: 'a file removed from a copied folder',
    make: (workspace) => workspace.remove('tools/app/more/data.txt'),
    affected: ['app-debian12-runtime', 'app-debian13-runtime'],
  },
  {
    what: 'the mode of a copied file',
    make: (workspace) => workspace.chmod('tools/app/entrypoint.sh', 0o644),
    affected: ['app-debian12-runtime', 'app-debian13-runtime'],
  },
  {
    what: 'a file in a copied folder that .dockerignore keeps out',
    make: (workspace) => workspace.edit('tools/app/README.md', 'every', 'any'),
    affected: [],
  },
];

/** Changes of the matrix in a folder with special characters in its name. */
export const oddChanges: Change[] = [
  {
    what: 'a template below a folder with an odd name',
    make: (workspace) =>
      workspace.edit(`${oddFolder}/templates (x)/runtime.Dockerfile.liquid`, 'COPY', 'ENV A=1\nCOPY'),
    affected: ['odd-debian12-runtime'],
  },
  {
    what: 'a manifest in a folder with an odd name',
    make: (workspace) => workspace.edit(`${oddFolder}/manifest.yml`, 'debian:bookworm-slim', 'debian:12'),
    affected: ['odd-debian12-runtime'],
  },
  ...['a [1].txt', 'data/b{1}.txt', 'more (x)/c.txt'].map((path) => ({
    what: `a copied file called ${path}`,
    make: (workspace: Workspace) => workspace.write({ [`${oddFolder}/${path}`]: 'changed\n' }),
    affected: ['odd-debian12-runtime'],
  })),
  {
    what: 'a new file in a copied folder with an odd name',
    make: (workspace) => workspace.write({ [`${oddFolder}/more (x)/[d].txt`]: 'new\n' }),
    affected: ['odd-debian12-runtime'],
  },
  {
    what: 'the commit of a submodule in a folder with an odd name',
    make: (workspace) => workspace.commitSubmodule(submodule),
    affected: ['odd-debian12-runtime'],
  },
  {
    what: 'a file of a submodule, not committed',
    make: (workspace) => workspace.write({ [`${submodule}/lib.txt`]: 'changed\n' }),
    affected: ['odd-debian12-runtime'],
  },
  {
    what: 'a file beside the copied ones in a folder with an odd name',
    make: (workspace) => workspace.write({ [`${oddFolder}/data/z{1} .txt`]: 'new\n' }),
    affected: [],
  },
];

const moreRuntime = ['more-debian12-runtime'];
const below = 'more/docker/below';

/** Changes of the matrix with links, and of what a base image passes on. */
export const passingChanges: Change[] = [
  {
    what: 'a file that a link to a folder leads to',
    make: (workspace) => workspace.write({ 'more/versions/one/new.txt': 'new\n' }),
    affected: moreRuntime,
  },
  {
    what: 'a file that a link behind a link leads to',
    make: (workspace) => workspace.write({ 'more/versions/one/run.txt': 'changed\n' }),
    affected: moreRuntime,
  },
  {
    what: 'a link that leads elsewhere',
    make: (workspace) => workspace.link('more/current', 'versions/two'),
    affected: moreRuntime,
  },
  {
    what: 'a file that no link leads to',
    make: (workspace) => workspace.write({ 'more/versions/two/run.txt': 'changed\n' }),
    affected: [],
  },
  {
    what: 'a template that a link leads to',
    make: (workspace) => workspace.edit('more/templates/kinds/one.liquid', 'one', 'more'),
    affected: moreRuntime,
  },
  {
    what: 'a template that is a link and leads elsewhere',
    make: (workspace) => workspace.link('more/templates/linked.liquid', 'kinds/two.liquid'),
    affected: moreRuntime,
  },
  {
    what: 'a file that a stage copies which nothing uses',
    make: (workspace) => workspace.write({ 'more/unused/one.txt': 'changed\n' }),
    affected: [],
  },
  {
    what: 'ENV of an image that others start from',
    make: (workspace) => workspace.edit('more/templates/base.Dockerfile.liquid', 'TASTE=hot', 'TASTE=plain'),
    affected: ['more-debian12-base', ...moreRuntime],
  },
  {
    what: 'a file in the folder that such an ENV names',
    make: (workspace) => workspace.write({ 'more/flavours/hot/taste.txt': 'hotter\n' }),
    affected: moreRuntime,
  },
  {
    what: 'a file in a folder that no ENV names',
    make: (workspace) => workspace.write({ 'more/flavours/plain/taste.txt': 'plainer\n' }),
    affected: [],
  },
  {
    what: 'a file that ONBUILD of a parent copies',
    make: (workspace) => workspace.write({ 'more/onbuild/one.txt': 'changed\n' }),
    affected: moreRuntime,
  },
  {
    what: 'the modes of a checkout under another umask',
    make: (workspace) => {
      workspace.chmod('more/flavours/hot/taste.txt', 0o600);
      workspace.chmod('more/onbuild/one.txt', 0o664);
    },
    affected: [],
  },
  {
    what: 'a manifest below the output folder of another',
    make: (workspace) => workspace.edit(`${below}/manifest.yml`, 'debian:bookworm-slim', 'debian:12'),
    affected: ['below-debian12-runtime'],
  },
  {
    what: 'a file that an image of such a manifest copies',
    make: (workspace) => workspace.write({ [`${below}/data.txt`]: 'changed\n' }),
    affected: ['below-debian12-runtime'],
  },
  {
    what: 'an image added to such a manifest',
    make: (workspace) => {
      const text = workspace.read(`${below}/manifest.yml`);
      const added = text.slice(text.indexOf('    12:')).replace('12:', '13:').replace('tags: slim\n', 'tags: slim13\n');
      workspace.write({ [`${below}/manifest.yml`]: text + added });
    },
    affected: ['below-debian13-runtime'],
  },
  {
    what: 'such a manifest removed, after which Nx selects everything',
    make: (workspace) => workspace.remove(below),
    affected: [...smallMatrixImages, 'odd-debian12-runtime', ...passingImages.slice(1)].sort(),
  },
];
