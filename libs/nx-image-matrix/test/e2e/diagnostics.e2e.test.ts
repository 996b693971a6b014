import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Workspace } from '../support/workspace.ts';

const manifest = `version: 1.0.0
repository:
  docker.io:
    only_if: HUB_PASSWORD
    user: HUB_USERNAME
    pwd: "s3cret!pass"
    registry:
      app: docker.io/Acme/app
      ghost: docker.io/acme/ghost
cuda_dependencies:
  11:
    cudart: 11.3.109-1
  11.3.1:
    cudart: latest
  12.4.1:
    cudnn8: 8.9.7.29-1
    cudnn9: 9.1.0.70-1
release_spec:
  templates_dir: templates
  base_image: debian:bookworm-slim
  templates_folder: templates
  envars:
    - LANG
  args:
    API_TOKEN: abc
packages:
  app:
    runtime:
      - debain
    develop:
      - debian
releases:
  debian:
    12:
      multistage_image: sometimes
`;

const mistakes: [place: string, code: string][] = [
  ['6:10', 'bad-credential-name'],
  ['8:12', 'bad-reference'],
  ['9:7', 'unknown-package'],
  ['11:3', 'bad-cuda-version'],
  ['14:13', 'bad-component-version'],
  ['17:5', 'several-cudnn'],
  ['21:3', 'unknown-key'],
  ['23:7', 'bad-envar'],
  ['25:5', 'secret-in-build'],
  ['29:9', 'unknown-distro'],
  ['30:5', 'unknown-release-type'],
  ['35:25', 'wrong-type'],
];

describe('a manifest with twelve different mistakes', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({
      files: { 'manifest.yml': manifest, 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\n' },
      isolatePlugins: true,
    });
  });
  afterAll(() => workspace.dispose());

  it.each(['show projects', 'run-many -t docker-generate'])(
    'gives twelve diagnostics in one run of nx %s',
    (command) => {
      const { status, output } = workspace.nx(command);
      expect(status).toBe(1);
      const found = [...output.matchAll(/manifest\.yml:(\d+:\d+)  error  ([a-z-]+)/g)].map(([, place, code]) => [
        place,
        code,
      ]);
      expect([...new Map(found.map((entry) => [entry.join(), entry])).values()]).toEqual(mistakes);
      expect(output).toContain('debian');
      expect(output).not.toContain('s3cret!pass');
      expect(output).not.toContain('abc');
      expect(existsSync(join(workspace.root, 'docker'))).toBe(false);
    },
  );
});

describe('templates and Dockerfiles with mistakes', () => {
  const healthy = `packages:
  app:
    runtime: [debian]
releases:
  debian:
    12:
      templates_dir: templates
      base_image: debian:bookworm-slim
`;
  const cases: { what: string; files: Record<string, string>; expected: string }[] = [
    {
      what: 'an unknown variable',
      files: { 'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN echo {{ distro.nmae }}\n' },
      expected: 'templates/runtime.Dockerfile.liquid:2:13  error  template-error',
    },
    {
      what: 'an unknown filter',
      files: { 'templates/runtime.Dockerfile.liquid': 'FROM {{ from | shout }}\n' },
      expected: 'templates/runtime.Dockerfile.liquid:1:6  error  template-error',
    },
    {
      what: 'a missing template',
      files: { 'templates/other.Dockerfile.liquid': 'FROM {{ from }}\n' },
      expected: 'error  missing-template',
    },
    {
      what: 'a rendered file without FROM',
      files: { 'templates/runtime.Dockerfile.liquid': 'RUN true\n' },
      expected: 'docker/app/debian12/runtime/Dockerfile:1:1  error  bad-dockerfile',
    },
    {
      what: 'a reference that only looks like one of our own',
      files: { 'templates/runtime.Dockerfile.liquid': 'FROM app:bsae\n' },
      expected: 'error  bad-parent',
    },
  ];

  it.each(cases)('are reported: $what', ({ files, expected }) => {
    const workspace = new Workspace({
      files: { 'manifest.yml': healthy, 'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n', ...files },
    });
    try {
      const { status, output } = workspace.nx('show projects');
      expect(status).toBe(1);
      expect(output).toContain(expected);
    } finally {
      workspace.dispose();
    }
  });

  it('names an unknown option in nx.json', () => {
    const workspace = new Workspace({ files: { 'manifest.yml': healthy }, plugin: { outputDirectory: 'x' } as never });
    try {
      const { status, output } = workspace.nx('show projects');
      expect(status).toBe(1);
      expect(output).toContain('"outputDirectory" is not an option');
    } finally {
      workspace.dispose();
    }
  });
});
