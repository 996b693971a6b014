/** What a change needs of a workspace. */
interface Editable {
  write(files: Record<string, string>): void;
  edit(path: string, from: string, to: string): void;
  remove(path: string): void;
  link(path: string, target: string): void;
  chmod(path: string, mode: number): void;
}

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** A matrix with one of everything that can be the cause of a change. */
export const explainedMatrix: Record<string, string> = {
  'manifest.yml': `version: 1.2.3
cuda_dependencies:
  12.4.1:
    cudart: 12.4.127-1
    cudnn9: 9.1.0.70-1
release_spec:
  templates_dir: templates
  cuda: 12.4.1
  cuda_prefix_url: debian12
  args:
    SIZE: small
  envars: [LANG=C.UTF-8]
release_types:
  runtime:
    args:
      PYTHON_VERSION: ["3.11", "3.12"]
    labels:
      org.example.team: web
  core: {}
  shell: {}
  desktop: { from: tool/core }
packages:
  tool:
    core: [debian12]
    shell: [debian12]
  app:
    runtime: [debian12]
    devel: [debian13]
    cudnn: [debian12]
    desktop: [debian12]
releases:
  debian:
    12:
      base_image: debian:bookworm-slim
      add_to_tags: slim
    13:
      base_image: debian:trixie-slim
      add_to_tags: slim13
`,
  'images.lock': `# images.lock
debian:bookworm-slim: ${digest('a')}
debian:trixie-slim: ${digest('b')}
`,
  '.dockerignore': '**/*.md\n',
  'templates/base.Dockerfile.liquid': `FROM {{ from }}
{% render 'partials/apt', names: 'curl' -%}
RUN echo {{ distro.id }} > /distro
`,
  'templates/partials/apt.liquid': `RUN apt-get update \\
 && apt-get install --yes {{ names }}
`,
  'templates/runtime/Dockerfile.liquid': `FROM {{ from }}
ARG PYTHON_VERSION
COPY {{ dir }}/app.conf /etc/
COPY {{ dir }}/start.sh /usr/local/bin/
COPY tools/app /app
RUN echo {{ version }} > /version
`,
  'templates/runtime/app.conf.liquid': 'size={{ args.SIZE }}\nmode=fast\n',
  'templates/runtime/start.sh': '#!/bin/sh\nexec "$@"\n',
  'templates/cudnn.Dockerfile.liquid': 'FROM {{ from }}\nRUN apt-get install cudart={{ cuda.components.cudart }}\n',
  'templates/core.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo core\n',
  'templates/shell.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo shell\n',
  'templates/devel.Dockerfile.liquid': 'FROM {{ from }}\nENV LANG={{ envars[0].value }}\n',
  'templates/desktop.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo desktop\n',
  'tools/app/entrypoint.sh': '#!/bin/sh\nexec app\n',
  'tools/app/data.txt': 'data\n',
  'tools/app/other.txt': 'other\n',
  'tools/app/notes.md': 'Kept out of every image.\n',
  'README.md': 'Not part of any image.\n',
};

export const explainedLinks: Record<string, string> = { 'tools/app/current': 'data.txt' };

/** A kind of change, and the lines of the table: image, cause, place. */
export interface ExplainedChange {
  what: string;
  make: (workspace: Editable) => void;
  causes: string[];
  /** Images that are not there any more. */
  removed?: string[];
}

export const explainedChanges: ExplainedChange[] = [
  {
    what: 'nothing',
    make: () => {},
    causes: [],
  },
  {
    what: 'files that no image depends on',
    make: (workspace) =>
      workspace.write({ 'README.md': 'Changed.\n', 'tools/app/notes.md': 'Changed.\n', 'tools/new.txt': 'new\n' }),
    causes: [],
  },
  {
    what: 'comments',
    make: (workspace) => {
      workspace.edit('manifest.yml', 'version:', '# why\nversion:');
      workspace.edit('templates/core.Dockerfile.liquid', 'RUN', '{%- comment %}why{% endcomment %}\nRUN');
    },
    causes: [],
  },
  {
    what: 'a base that moved',
    make: (workspace) => workspace.edit('images.lock', digest('a'), digest('c')),
    causes: [
      'tool-debian12-base  base debian:bookworm-slim moved: aaaaaaaa -> cccccccc  images.lock:2',
      'tool-debian12-shell  base debian:bookworm-slim moved: aaaaaaaa -> cccccccc  images.lock:2',
      'app-debian12-runtime-python3.11  parent app-debian12-base',
      'app-debian12-runtime-python3.12  parent app-debian12-base',
      'app-debian12-cudnn-cuda12.4.1  parent app-debian12-base',
      'app-debian12-base  base debian:bookworm-slim moved: aaaaaaaa -> cccccccc  images.lock:2',
      'app-debian12-desktop  parent tool-debian12-core',
      'tool-debian12-core  base debian:bookworm-slim moved: aaaaaaaa -> cccccccc  images.lock:2',
    ],
  },
  {
    what: 'a base that is locked no more',
    make: (workspace) => workspace.edit('images.lock', `debian:trixie-slim: ${digest('b')}\n`, ''),
    causes: [
      'app-debian13-devel  parent app-debian13-base',
      'app-debian13-base  base debian:trixie-slim not locked any more, was bbbbbbbb  images.lock:3 (removed)',
    ],
  },
  {
    what: 'a key of the manifest: the base image',
    make: (workspace) =>
      workspace.edit('manifest.yml', 'base_image: debian:trixie-slim', 'base_image: debian:sid-slim'),
    causes: [
      'app-debian13-devel  parent app-debian13-base',
      'app-debian13-base  base image debian:trixie-slim -> debian:sid-slim  manifest.yml:37',
    ],
  },
  {
    what: 'a key of the manifest that templates read',
    make: (workspace) => workspace.edit('manifest.yml', 'LANG=C.UTF-8', 'LANG=C'),
    causes: ['app-debian13-devel  environment variable LANG C.UTF-8 -> C  manifest.yml:12'],
  },
  {
    what: 'a partial',
    make: (workspace) => workspace.edit('templates/partials/apt.liquid', '--yes', '--yes --quiet'),
    causes: [
      'tool-debian12-base  templates/partials/apt.liquid:2  RUN line 3 of the Dockerfile',
      'app-debian12-runtime-python3.11  parent app-debian12-base',
      'app-debian12-runtime-python3.12  parent app-debian12-base',
      'app-debian12-cudnn-cuda12.4.1  parent app-debian12-base',
      'app-debian12-base  templates/partials/apt.liquid:2  RUN line 3 of the Dockerfile',
      'app-debian13-devel  parent app-debian13-base',
      'app-debian13-base  templates/partials/apt.liquid:2  RUN line 3 of the Dockerfile',
    ],
  },
  {
    what: 'a template',
    make: (workspace) => workspace.edit('templates/runtime/Dockerfile.liquid', 'ARG', 'USER root\nARG'),
    causes: [
      'app-debian12-runtime-python3.11  templates/runtime/Dockerfile.liquid:2  USER line 2 of the Dockerfile',
      'app-debian12-runtime-python3.12  templates/runtime/Dockerfile.liquid:2  USER line 2 of the Dockerfile',
    ],
  },
  {
    what: 'a line less in a template',
    make: (workspace) => workspace.edit('templates/core.Dockerfile.liquid', 'RUN echo core\n', ''),
    causes: [
      'app-debian12-desktop  parent tool-debian12-core',
      'tool-debian12-core  templates/core.Dockerfile.liquid:2 (removed)  RUN line 2 removed from the Dockerfile',
    ],
  },
  {
    what: 'a sidecar that is rendered',
    make: (workspace) => workspace.edit('templates/runtime/app.conf.liquid', 'fast', 'slow'),
    causes: [
      'app-debian12-runtime-python3.11  templates/runtime/app.conf.liquid:2  line 2 of app.conf',
      'app-debian12-runtime-python3.12  templates/runtime/app.conf.liquid:2  line 2 of app.conf',
    ],
  },
  {
    what: 'a sidecar that is copied',
    make: (workspace) => workspace.edit('templates/runtime/start.sh', 'exec', 'exec env'),
    causes: [
      'app-debian12-runtime-python3.11  templates/runtime/start.sh:2  line 2 of start.sh',
      'app-debian12-runtime-python3.12  templates/runtime/start.sh:2  line 2 of start.sh',
    ],
  },
  {
    what: 'the mode of a sidecar',
    make: (workspace) => workspace.chmod('templates/runtime/start.sh', 0o644),
    causes: [
      'app-debian12-runtime-python3.11  templates/runtime/start.sh (mode 755 -> 644)',
      'app-debian12-runtime-python3.12  templates/runtime/start.sh (mode 755 -> 644)',
    ],
  },
  {
    what: 'a new sidecar',
    make: (workspace) => workspace.write({ 'templates/runtime/more.txt': 'more\n' }),
    causes: [
      'app-debian12-runtime-python3.11  templates/runtime/more.txt (added)',
      'app-debian12-runtime-python3.12  templates/runtime/more.txt (added)',
    ],
  },
  {
    what: 'a copied file that is new',
    make: (workspace) => workspace.write({ 'tools/app/new.txt': 'new\n' }),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/new.txt (added)',
      'app-debian12-runtime-python3.12  tools/app/new.txt (added)',
    ],
  },
  {
    what: 'a copied file that is gone',
    make: (workspace) => workspace.remove('tools/app/other.txt'),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/other.txt (removed)',
      'app-debian12-runtime-python3.12  tools/app/other.txt (removed)',
    ],
  },
  {
    what: 'the content of a copied file',
    make: (workspace) => workspace.write({ 'tools/app/data.txt': 'changed\n' }),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/data.txt (content)',
      'app-debian12-runtime-python3.12  tools/app/data.txt (content)',
    ],
  },
  {
    what: 'the mode of a copied file',
    make: (workspace) => workspace.chmod('tools/app/entrypoint.sh', 0o644),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/entrypoint.sh (mode 755 -> 644)',
      'app-debian12-runtime-python3.12  tools/app/entrypoint.sh (mode 755 -> 644)',
    ],
  },
  {
    what: 'a copied link',
    make: (workspace) => workspace.link('tools/app/current', 'other.txt'),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/current (link data.txt -> other.txt)',
      'app-debian12-runtime-python3.12  tools/app/current (link data.txt -> other.txt)',
    ],
  },
  {
    what: 'a copied file that has become a link',
    make: (workspace) => workspace.link('tools/app/other.txt', 'data.txt'),
    causes: [
      'app-debian12-runtime-python3.11  tools/app/other.txt (file -> link)',
      'app-debian12-runtime-python3.12  tools/app/other.txt (file -> link)',
    ],
  },
  {
    what: 'a build argument',
    make: (workspace) => workspace.edit('manifest.yml', 'SIZE: small', 'SIZE: large'),
    causes: [
      'app-debian12-runtime-python3.11  build argument SIZE small -> large  manifest.yml:11',
      'app-debian12-runtime-python3.12  build argument SIZE small -> large  manifest.yml:11',
    ],
  },
  {
    what: 'an axis value that is new',
    make: (workspace) => workspace.edit('manifest.yml', '"3.12"]', '"3.12", "3.13"]'),
    causes: ['app-debian12-runtime-python3.13  axis PYTHON_VERSION: 3.13 added  manifest.yml:16'],
  },
  {
    what: 'an axis value that is gone',
    make: (workspace) => workspace.edit('manifest.yml', ', "3.12"]', ']'),
    causes: ['app-debian12-runtime-python3.12  axis PYTHON_VERSION: 3.12 removed  manifest.yml:16'],
    removed: ['app-debian12-runtime-python3.12'],
  },
  {
    what: 'a CUDA component',
    make: (workspace) => workspace.edit('manifest.yml', '12.4.127-1', '12.4.131-1'),
    causes: ['app-debian12-cudnn-cuda12.4.1  CUDA component cudart 12.4.127-1 -> 12.4.131-1  manifest.yml:4'],
  },
  {
    what: 'a label',
    make: (workspace) => workspace.edit('manifest.yml', 'team: web', 'team: core'),
    causes: [
      'app-debian12-runtime-python3.11  label org.example.team web -> core  manifest.yml:18',
      'app-debian12-runtime-python3.12  label org.example.team web -> core  manifest.yml:18',
    ],
  },
  {
    what: 'the .dockerignore',
    make: (workspace) => workspace.edit('.dockerignore', '**/*.md\n', '**/*.md\ntools/app/other.txt\n'),
    causes: [
      'tool-debian12-base  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'tool-debian12-shell  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian12-runtime-python3.11  .dockerignore:2  line 9 of Dockerfile.dockerignore',
      'app-debian12-runtime-python3.11  parent app-debian12-base',
      'app-debian12-runtime-python3.12  .dockerignore:2  line 9 of Dockerfile.dockerignore',
      'app-debian12-runtime-python3.12  parent app-debian12-base',
      'app-debian12-cudnn-cuda12.4.1  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian12-cudnn-cuda12.4.1  parent app-debian12-base',
      'app-debian12-base  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian12-desktop  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian12-desktop  parent tool-debian12-core',
      'tool-debian12-core  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian13-devel  .dockerignore:2  line 3 of Dockerfile.dockerignore',
      'app-debian13-devel  parent app-debian13-base',
      'app-debian13-base  .dockerignore:2  line 3 of Dockerfile.dockerignore',
    ],
  },
  {
    what: 'the release version',
    make: (workspace) => workspace.edit('manifest.yml', 'version: 1.2.3', 'version: 1.2.4'),
    causes: [
      'app-debian12-runtime-python3.11  version 1.2.3 -> 1.2.4  manifest.yml:1',
      'app-debian12-runtime-python3.12  version 1.2.3 -> 1.2.4  manifest.yml:1',
      'app-debian12-cudnn-cuda12.4.1  version 1.2.3 -> 1.2.4  manifest.yml:1',
    ],
  },
  {
    what: 'a parent in another package',
    make: (workspace) => workspace.edit('templates/core.Dockerfile.liquid', 'echo core', 'echo other'),
    causes: [
      'app-debian12-desktop  parent tool-debian12-core',
      'tool-debian12-core  templates/core.Dockerfile.liquid:2  RUN line 2 of the Dockerfile',
    ],
  },
  {
    what: 'another parent in another package',
    make: (workspace) => workspace.edit('manifest.yml', 'from: tool/core', 'from: tool/shell'),
    causes: ['app-debian12-desktop  from tool-debian12-core -> tool-debian12-shell  manifest.yml:21'],
  },
  {
    what: 'a template that is renamed, with its content',
    make: (workspace) => {
      workspace.write({ 'templates/main.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo core\nRUN echo more\n' });
      workspace.remove('templates/core.Dockerfile.liquid');
      workspace.edit('manifest.yml', 'core: {}', 'core: { template: main }');
    },
    causes: [
      'app-debian12-desktop  parent tool-debian12-core',
      'tool-debian12-core  template core -> main  manifest.yml:19',
      'tool-debian12-core  templates/main.Dockerfile.liquid:3 (renamed from templates/core.Dockerfile.liquid)  RUN line 3 of the Dockerfile',
    ],
  },
  {
    what: 'a template that is renamed, and nothing else',
    make: (workspace) => {
      workspace.write({ 'templates/core/Dockerfile.liquid': explainedMatrix['templates/core.Dockerfile.liquid']! });
      workspace.remove('templates/core.Dockerfile.liquid');
    },
    causes: [],
  },
  {
    what: 'a release that is new',
    make: (workspace) => {
      workspace.edit('manifest.yml', 'devel: [debian13]', 'devel: [debian]');
      workspace.edit(
        'manifest.yml',
        '    13:\n',
        '    14:\n      base_image: debian:forky-slim\n      add_to_tags: slim14\n    13:\n',
      );
    },
    causes: [
      'app-debian12-devel  release debian12 added  manifest.yml:28',
      'app-debian14-devel  release debian14 added  manifest.yml:36',
      'app-debian14-base  release debian14 added  manifest.yml:36',
    ],
  },
  {
    what: 'a package that is gone',
    make: (workspace) => {
      workspace.edit('manifest.yml', '  desktop: { from: tool/core }\n', '');
      workspace.edit('manifest.yml', '    desktop: [debian12]\n', '');
      workspace.edit('manifest.yml', '  tool:\n    core: [debian12]\n    shell: [debian12]\n', '');
    },
    causes: [
      'tool-debian12-base  package tool removed  manifest.yml:23 (removed)',
      'tool-debian12-core  package tool removed  manifest.yml:23 (removed)',
      'tool-debian12-shell  package tool removed  manifest.yml:23 (removed)',
      'app-debian12-desktop  release type desktop removed  manifest.yml:21 (removed)',
    ],
    removed: ['tool-debian12-base', 'tool-debian12-core', 'tool-debian12-shell', 'app-debian12-desktop'],
  },
  {
    what: 'several sources, of which one does not show',
    make: (workspace) => {
      workspace.edit(
        'templates/partials/apt.liquid',
        '{{ names }}',
        '{{ names }}{% if names == "none" %} none{% endif %}',
      );
      workspace.edit('templates/base.Dockerfile.liquid', '/distro', '/etc/distro');
      workspace.edit('manifest.yml', 'SIZE: small', 'SIZE: large');
      workspace.edit('manifest.yml', 'team: web', 'team: core');
    },
    causes: [
      'tool-debian12-base  templates/base.Dockerfile.liquid:3  RUN line 4 of the Dockerfile',
      'app-debian12-runtime-python3.11  build argument SIZE small -> large  manifest.yml:11',
      'app-debian12-runtime-python3.11  label org.example.team web -> core  manifest.yml:18',
      'app-debian12-runtime-python3.11  parent app-debian12-base',
      'app-debian12-runtime-python3.12  build argument SIZE small -> large  manifest.yml:11',
      'app-debian12-runtime-python3.12  label org.example.team web -> core  manifest.yml:18',
      'app-debian12-runtime-python3.12  parent app-debian12-base',
      'app-debian12-cudnn-cuda12.4.1  parent app-debian12-base',
      'app-debian12-base  templates/base.Dockerfile.liquid:3  RUN line 4 of the Dockerfile',
      'app-debian13-devel  parent app-debian13-base',
      'app-debian13-base  templates/base.Dockerfile.liquid:3  RUN line 4 of the Dockerfile',
    ],
  },
];
