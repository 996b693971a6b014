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
      'g nx-image-matrix:migrate-bentoml old/manifest-2021.yml --releaseVersion=0.13.1 --no-interactive',
    );
    expect(output).toContain('old/templates/debian/cudnn.Dockerfile.j2:6: the filter "tojson" has no counterpart');
    expect(workspace.read('MIGRATION.md')).toContain('old/templates/debian/cudnn.Dockerfile.j2:6:');
    expect(workspace.images()).toHaveLength(22);
  });

  it('renders the same as the Jinja templates', () => {
    workspace.nxOk('run-many -t docker-generate -p model-server-debian10-*');
    const cudnn = workspace.read('docker/model-server/debian10/cudnn-cuda11.3.1-python3.8/Dockerfile');
    expect(cudnn).toContain('FROM model-server:base-python3.8-slim');
    expect(cudnn).toContain('bentoml[model_server] # 3.8');
    expect(cudnn).toContain('cuda-cudart-11-3=11.3.109-1 from https://developer.download.nvidia.com/');
    expect(workspace.read('docker/model-server/debian10/base-python3.8/Dockerfile')).toContain('ENV LC_ALL=C.UTF-8');
  });
});
