import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../support/workspace.ts';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';

const manifest = `version: 1.0.0
repository:
  local:
    only_if: NOWHERE
    registry:
      app: 127.0.0.1:5000/nx-image-matrix-test/build-id
release_spec:
  templates_dir: templates
  base_image: debian:bookworm-slim
  args:
    FLAVOUR: plain
    UNUSED: "1"
  labels:
    com.example.team: images
packages:
  app:
    runtime: [debian]
    devel: [debian]
releases:
  debian:
    12:
      add_to_tags: slim
`;

const files = {
  'manifest.yml': manifest,
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo base > /base\n',
  'templates/runtime.Dockerfile.liquid':
    'FROM {{ from }}\nARG FLAVOUR\nRUN echo "$FLAVOUR" > /flavour\nCOPY tools/ /tools/\n',
  'templates/devel.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo devel > /devel\n',
  'tools/run.sh': '#!/bin/sh\n',
  'tools/data.txt': 'data\n',
};

interface Case {
  what: string;
  change: (workspace: Workspace, prefix: string) => void;
  /** First tags of the images that are built, each with the reason. */
  built: Record<string, string>;
}

const cases: Case[] = [
  {
    what: 'nothing at all',
    change: () => undefined,
    built: {},
  },
  {
    what: 'an image deleted from the engine',
    change: (_, prefix) => docker('image', 'rm', '--force', `${prefix}app:devel-slim`),
    built: { 'devel-slim': 'missing in the engine' },
  },
  {
    what: 'an image that somebody built on ours, under our name',
    change: (_, prefix) => {
      const container = docker('create', `${prefix}app:devel-slim`, 'true');
      docker('commit', container, `${prefix}app:devel-slim`);
      docker('rm', container);
    },
    built: { 'devel-slim': 'replaced in the engine' },
  },
  {
    what: 'a Dockerfile',
    change: (workspace) => workspace.edit('templates/devel.Dockerfile.liquid', 'echo devel', 'echo more'),
    built: { 'devel-slim': 'Dockerfile' },
  },
  {
    what: 'the content of a copied file',
    change: (workspace) => workspace.edit('tools/data.txt', 'data', 'more data'),
    built: { '1.0.0-slim-runtime': 'tools/data.txt' },
  },
  {
    what: 'the mode of a copied file',
    change: (workspace) => chmodSync(join(workspace.root, 'tools/data.txt'), 0o755),
    built: { '1.0.0-slim-runtime': 'tools/data.txt' },
  },
  {
    what: 'a file added to a copied folder',
    change: (workspace) => workspace.write({ 'tools/new.txt': 'new\n' }),
    built: { '1.0.0-slim-runtime': 'tools/new.txt' },
  },
  {
    what: 'a build argument that one Dockerfile declares',
    change: (workspace) => workspace.edit('manifest.yml', 'FLAVOUR: plain', 'FLAVOUR: spiced'),
    built: { '1.0.0-slim-runtime': 'build argument FLAVOUR' },
  },
  {
    what: 'a build argument that no Dockerfile declares',
    change: (workspace) => workspace.edit('manifest.yml', 'UNUSED: "1"', 'UNUSED: "2"'),
    built: {},
  },
  {
    what: 'a label',
    change: (workspace) => workspace.edit('manifest.yml', 'com.example.team: images', 'com.example.team: platform'),
    built: {
      'base-slim': 'label com.example.team',
      '1.0.0-slim-runtime': 'parent ',
      'devel-slim': 'parent ',
    },
  },
  {
    what: 'a parent',
    change: (workspace) => workspace.edit('templates/base.Dockerfile.liquid', 'echo base', 'echo new base'),
    built: { 'base-slim': 'Dockerfile', '1.0.0-slim-runtime': 'parent ', 'devel-slim': 'parent ' },
  },
  {
    what: 'a repository',
    change: (workspace) => workspace.edit('manifest.yml', 'test/build-id', 'test/build-id-2'),
    built: {},
  },
  {
    what: 'a file that no image copies',
    change: (workspace) => workspace.write({ 'README.md': 'Hello.\n' }),
    built: {},
  },
];

describe('what docker-build builds after a change of', () => {
  const prefix = uniquePrefix();
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files, plugin: { prefix } });
    workspace.nxOk('run-many -t docker-build');
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it.each(cases)('$what', ({ change, built }) => {
    change(workspace, prefix);
    const output = workspace.nxOk('run-many -t docker-build');
    const found = [...output.matchAll(/^\S+app:(\S+) built \(.*?, ([^,]+?(?:, [^;]+)?); build ID/gm)].map(
      ([, tag, facts]) => [tag!, facts!.split(', ').at(-1)!],
    );
    expect(Object.fromEntries(found)).toEqual(
      Object.fromEntries(Object.entries(built).map(([tag, reason]) => [tag, expect.stringContaining(reason)])),
    );
    expect([...output.matchAll(/is up to date/g)]).toHaveLength(3 - Object.keys(built).length);
  });

  it('a tag: only the tag is new', () => {
    const id = (tag: string) => docker('image', 'inspect', '--format', '{{.Id}}', `${prefix}app:${tag}`);
    const before = id('1.0.0-slim-runtime');
    workspace.edit('manifest.yml', 'version: 1.0.0', 'version: 1.0.1');
    const output = workspace.nxOk('run-many -t docker-build');
    expect(output).toContain(`${prefix}app:1.0.1-slim-runtime is up to date under a new tag`);
    expect(id('1.0.1-slim-runtime')).toBe(before);
  });

  it('puts the reason and the build ID into build.json and onto the image', () => {
    workspace.edit('templates/devel.Dockerfile.liquid', 'echo more', 'echo most');
    workspace.nxOk('run-many -t docker-build');
    const record = workspace.readJson<{ reason: string; buildId: string }>('dist/docker/app/debian12/devel/build.json');
    const label = '{{index .Config.Labels "io.github.nx-image-matrix.build-id"}}';
    expect(record.reason).toBe('Dockerfile');
    expect(docker('image', 'inspect', '--format', label, `${prefix}app:devel-slim`)).toBe(record.buildId);
  });
});
