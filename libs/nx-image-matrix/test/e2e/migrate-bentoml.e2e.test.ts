import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { Workspace } from '../support/workspace.ts';

const seed = readFileSync(join(repository, 'libs/manifest/test/fixtures/seed.yml'), 'utf8');
const folders = [...seed.matchAll(/templates_dir: (\S+)/g)].flatMap(([, folder]) => (folder === '""' ? [] : [folder!]));
const base = `{{ metadata.header }}
FROM {{ metadata.base_image }}
{% for key, value in metadata.envars.items() %}ENV {{ key }}={{ value }}
{% endfor %}`;
const child = `{# on base #}FROM {{ metadata.package }}:{{ tags.basename }}
ARG PYTHON_VERSION
RUN pip install bentoml[{{ metadata.package | replace("-","_") }}] # {{ metadata.envars["PYTHON_VERSION"] }}
`;
const templates = Object.fromEntries(
  folders.flatMap((folder) => [
    [`old/${folder}/base.Dockerfile.j2`, base],
    [`old/${folder}/devel-dockerfile.j2`, child],
    [`old/${folder}/runtime.Dockerfile.j2`, child],
    [
      `old/${folder}/cudnn.Dockerfile.j2`,
      `${child}{% set v = metadata.cuda.version.major+"-"+metadata.cuda.version.minor %}
RUN install cuda-cudart-{{ v }}={{ metadata.cuda.components['cudart'] }} from {{ metadata.cuda.base_repo }}
{{ metadata | tojson }}
`,
    ],
  ]),
);

describe('migrate-bentoml', () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: { 'old/manifest-2021.yml': seed, ...templates } });
  });
  afterAll(() => workspace.dispose());

  it("converts BentoML's manifest to 22 images, and lists what it could not translate", () => {
    const output = workspace.nxOk(
      'g nx-image-matrix:migrate-bentoml old/manifest-2021.yml --pythonVersions=3.10 --releaseVersion=0.10 --no-interactive',
    );
    expect(output).toContain('old/templates/debian/cudnn.Dockerfile.j2:6: the filter "tojson" has no counterpart');
    expect(workspace.read('MIGRATION.md')).toContain('old/templates/debian/cudnn.Dockerfile.j2:6:');
    expect(workspace.images()).toHaveLength(22);
  });

  it('renders the same as the Jinja templates', () => {
    workspace.nxOk('run-many -t docker-generate -p model-server-debian10-*');
    const cudnn = workspace.read('old/docker/model-server/debian10/cudnn-cuda11.3.1-python3.10/Dockerfile');
    expect(cudnn).toContain('FROM model-server:base-python3.10-slim');
    expect(cudnn).toContain('bentoml[model_server] # 3.10');
    expect(cudnn).toContain('cuda-cudart-11-3=11.3.109-1 from https://developer.download.nvidia.com/');
    expect(workspace.read('old/docker/model-server/debian10/base-python3.10/Dockerfile')).toContain(
      'ENV LC_ALL=C.UTF-8',
    );
  });

  it('overwrites nothing', () => {
    const command = 'g nx-image-matrix:migrate-bentoml old/manifest-2021.yml --no-interactive';
    expect(workspace.nx(command)).toMatchObject({
      status: 1,
      output: expect.stringContaining('old/manifest.yml is there already; move it away first') as string,
    });
  });
});

describe('migrate-bentoml of a manifest that the plugin would take for its own', () => {
  const manifest = `# the matrix
repository:
  docker.io: { user: U, pwd: P, registry: { app: acme/app } }
dependencies:
  cuda:
    v11.3.1: &cuda { cudart: { version: 11.3.109-1 }, cudnn8: { version: 8.2.0.53-1 } }
release_spec: &spec
  templates_dir: _
  base_image: _
  add_to_tags: ""
  multistage_image: True
  envars: [LANG=C.UTF-8]
  cuda_prefix_url: ""
  cuda: *cuda
packages: { app: { cudnn: [debian] } }
releases:
  debian:
    10: { <<: *spec, templates_dir: templates/debian, base_image: "debian:buster-slim", cuda_prefix_url: ubuntu2004 }
`;
  const files = {
    'docker/manifest.yml': manifest,
    'docker/tools/rc': 'rc\n',
    'docker/templates/debian/base.Dockerfile.j2': `FROM {{ metadata.base_image }}

{% for key, value in metadata.envars.items() %}
{% if key in ["PYTHON_VERSION"] %}
ARG {{ key }}
{% else %}
ENV {{ key }}={{ value }}
{% endif %}
{% endfor %}

COPY tools/rc /etc/rc
RUN install python=$PYTHON_VERSION server=$BENTOML_VERSION
`,
    'docker/templates/debian/cudnn.Dockerfile.j2': `FROM {{ metadata.package }}:{{ build_tag }} as image
COPY {{ metadata.docker_build_path }}/cuda.repo /etc/cuda.repo
`,
    'docker/templates/debian/cuda.repo.j2': 'baseurl={{ metadata.cuda.base_repo }}\n',
  };
  let workspace: Workspace;
  beforeEach(() => {
    workspace = new Workspace({ files });
  });
  afterEach(() => workspace.dispose());

  it('leaves it alone, and writes one beside it whose images load', () => {
    workspace.nxOk('g nx-image-matrix:migrate-bentoml docker/manifest.yml --releaseVersion=0.13.1 --no-interactive');
    expect(workspace.read('docker/manifest.yml')).toBe(manifest);
    expect(workspace.read('MIGRATION.md')).toContain('Everything was.');
    expect(workspace.read('.nxignore')).toBe('/docker/manifest.yml\n');
    expect(workspace.read('docker/manifest.yaml')).toContain('only_if: P');
    workspace.nxOk('run-many -t docker-generate');
    expect(workspace.read('docker/docker/app/debian10/base-python3.8/Dockerfile')).toBe(`FROM debian:buster-slim

ENV BENTOML_VERSION=0.13.1
ENV LANG=C.UTF-8
ARG PYTHON_VERSION

COPY tools/rc /etc/rc
RUN install python=$PYTHON_VERSION server=$BENTOML_VERSION`);
    const cudnn = 'docker/app/debian10/cudnn-cuda11.3.1-python3.8';
    expect(workspace.read(`docker/${cudnn}/Dockerfile`)).toBe(
      `FROM app:base-python3.8 as image\nCOPY ${cudnn}/cuda.repo /etc/cuda.repo`,
    );
    expect(workspace.read(`docker/${cudnn}/cuda.repo`)).toContain('baseurl=https://');
  });

  it('lists what has to move to another folder', () => {
    workspace.nxOk('g nx-image-matrix:migrate-bentoml docker/manifest.yml --directory=images --no-interactive');
    expect(workspace.read('MIGRATION.md')).toContain(
      'images/templates/debian/base.Dockerfile.liquid:9: the build context is images now: move docker/tools/rc to images/tools/rc',
    );
    expect(workspace.images()).toHaveLength(2);
  });

  it('lists why the project graph does not load', () => {
    workspace.write({ 'docker/templates/debian/base.Dockerfile.j2': '' });
    workspace.nxOk('g nx-image-matrix:migrate-bentoml docker/manifest.yml --no-interactive');
    expect(workspace.read('MIGRATION.md')).toMatch(
      /# What keeps the project graph from loading[^]*base-python3.8\/Dockerfile:1: there is no `FROM` instruction/,
    );
  });

  it('is named by other commands until then', () => {
    expect(workspace.nx('show projects')).toMatchObject({
      status: 0,
      output: expect.stringContaining('run `nx g nx-image-matrix:migrate-bentoml docker/manifest.yml`') as string,
    });
  });
});
