import { seedFiles } from '../support/seed.ts';
import { Workspace } from '../support/workspace.ts';

describe("the manifest of BentoML's document, without additional keys", () => {
  let workspace: Workspace;
  beforeAll(() => {
    workspace = new Workspace({ files: seedFiles });
  });
  afterAll(() => workspace.dispose());

  it('gives 22 image projects', () => {
    expect(workspace.images()).toHaveLength(22);
  });

  it("pins CUDA packages from NVIDIA's repository", () => {
    workspace.nxOk('run-many -t docker-generate');
    const dockerfile = workspace.read('docker/model-server/debian10/cudnn-cuda11.3.1/Dockerfile');
    expect(dockerfile).toContain('cuda-cudart-11-3=11.3.109-1');
    expect(dockerfile).toContain('https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2004/x86_64 ');
    expect(dockerfile.split('\n')[0]).toBe('# syntax = docker/dockerfile:1.2');
  });

  it('gives 44 tags with two Python versions', () => {
    workspace.edit(
      'manifest.yml',
      'release_spec: &release_spec\n',
      'version: 0.13.0\nrelease_spec: &release_spec\n  args:\n    PYTHON_VERSION: ["3.7", "3.8"]\n',
    );
    workspace.nxOk('graph --file=graph.json');
    const { graph } = workspace.readJson<{
      graph: { nodes: Record<string, { data: { metadata?: { image?: { reference: string } } } }> };
    }>('graph.json');
    const references = Object.values(graph.nodes).flatMap(({ data }) => data.metadata?.image?.reference ?? []);
    expect(new Set(references).size).toBe(44);
    expect(references).toEqual(
      expect.arrayContaining([
        'model-server:base-python3.8-slim',
        'model-server:0.13.0-python3.8-slim-cudnn',
        'model-server:devel-python3.7-centos8',
        'yatai-service:0.13.0-python3.8-centos7-runtime',
      ]),
    );
  });
});
