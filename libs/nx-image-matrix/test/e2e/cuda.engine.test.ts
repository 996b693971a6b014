import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../support/installation.ts';
import { Workspace } from '../support/workspace.ts';
import { docker, removeImages, uniquePrefix } from '../support/engine.ts';

const manifest = `version: 0.13.0
cuda_dependencies:
  11.3.1: &cuda11_3_1
    cudart: 11.3.109-1
    cudnn8: 8.2.0.53-1
    libcublas: 11.5.1.109-1
  11.2.2:
    cudart: 11.2.152-1
    cudnn8: 8.1.1.33-1
    libcublas: 11.4.1.1043-1
release_spec: &release_spec
  templates_dir: templates
  base_image: debian:bookworm-slim
  add_to_tags: slim
  cuda_prefix_url: ubuntu2004
  cuda_requires: cuda>=11.2
packages:
  model-server:
    cudnn:
      - debian
    runtime:
      - debian
releases:
  debian:
    12:
      <<: *release_spec
      cuda: [11.3.1, 11.2.2]
`;

const files = {
  'manifest.yml': manifest,
  'templates/base.Dockerfile.liquid': 'FROM {{ from }}\n',
  'templates/runtime.Dockerfile.liquid': 'FROM {{ from }}\nRUN true\n',
  'templates/cudnn/cuda.list.liquid': 'deb [signed-by=/usr/share/keyrings/cuda.asc] {{ cuda.repository_url }}/ /\n',
  'templates/cudnn/Dockerfile.liquid': `FROM {{ from }}
ADD --chmod=644 {{ cuda.repository_url }}/3bf863cc.pub /usr/share/keyrings/cuda.asc
COPY {{ dir }}/cuda.list /etc/apt/sources.list.d/
{%- assign suffix = cuda.version.short | replace: ".", "-" %}
RUN apt-get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/cuda.list -o Dir::Etc::sourceparts=- \\
 && apt-get install --yes --no-install-recommends \\
    cuda-cudart-{{ suffix }}={{ cuda.components.cudart }} \\
    libcublas-{{ suffix }}={{ cuda.components.libcublas }} \\
    lib{{ cuda.cudnn.package }}={{ cuda.cudnn.version }}+cuda{{ cuda.version.short }}
`,
};

describe('images with CUDA', () => {
  const prefix = uniquePrefix();
  let workspace: Workspace;

  beforeAll(() => {
    workspace = new Workspace({ files, plugin: { prefix, cudaRepositoryBase: process.env['STAND_CUDA_URL'] } });
    servePins(join(workspace.root, 'manifest.yml'));
  });
  afterAll(() => {
    removeImages(prefix);
    workspace.dispose();
  });

  it('hold exactly the pinned packages, one image for each CUDA version', () => {
    workspace.nxOk('run-many -t docker-build');
    const packages = (tag: string) =>
      docker(
        'run',
        '--rm',
        `${prefix}model-server:${tag}`,
        'dpkg-query',
        '-W',
        '-f',
        '${Package}=${Version}\n',
        'cuda-cudart-*',
        'libcublas-*',
        'libcudnn8',
      ).split('\n');
    expect(packages('0.13.0-cuda11.3.1-slim-cudnn')).toEqual([
      'cuda-cudart-11-3=11.3.109-1',
      'libcublas-11-3=11.5.1.109-1',
      'libcudnn8=8.2.0.53-1+cuda11.3',
    ]);
    expect(packages('0.13.0-cuda11.2.2-slim-cudnn')).toContain('cuda-cudart-11-2=11.2.152-1');
  });

  it("fail with apt's own message for a pin that the repository does not have, and leave the others built", () => {
    workspace.edit('manifest.yml', 'cudart: 11.3.109-1', 'cudart: 11.3.999-1');
    workspace.edit('templates/runtime.Dockerfile.liquid', 'RUN true', 'RUN echo edited > /edited');
    const { status, output } = workspace.nx('run-many -t docker-build');
    expect(status).toBe(1);
    // Not from its "E: " on: BuildKit may break a line between standard output and standard error.
    expect(output).toContain("Version '11.3.999-1' for 'cuda-cudart-11-3' was not found");
    expect(output).toContain(`${prefix}model-server:0.13.0-cuda11.2.2-slim-cudnn is up to date`);
    expect(docker('run', '--rm', `${prefix}model-server:0.13.0-slim-runtime`, 'cat', '/edited')).toBe('edited');
  });
});

/** The stand provides stand-ins for these packages if NVIDIA's repository cannot be reached. */
function servePins(path: string): void {
  if (!process.env['STAND_IN_CUDA']) return;
  const { status, stderr } = spawnSync(join(repository, 'tools/stand/stand'), ['cuda-packages', path], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`stand cuda-packages: ${stderr}`);
}
