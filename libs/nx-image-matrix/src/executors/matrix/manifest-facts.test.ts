import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestFacts } from './manifest-facts.ts';

const manifest = `
cuda_dependencies: { 12.6.3: { cudart: 12.6.77-1, cudnn9: 9.5.1.17-1 } }
packages: { app: { runtime: [debian], cudnn: [debian] } }
release_spec:
  args: { PYTHON_VERSION: ["3.12"], MIRROR: "https://{{ distro.id }}.example.org" }
  envars: [LANG=C.UTF-8]
  vars: { ports: [80, 443] }
releases:
  debian:
    12: { templates_dir: nowhere, base_image: "debian:12", cuda: [12.6.3], cuda_prefix_url: x }
`;

it('gives what the manifest says of each image, without its templates', () => {
  const root = mkdtempSync(join(tmpdir(), 'manifest-facts-'));
  try {
    writeFileSync(join(root, 'manifest.yml'), manifest);
    const projectsConfigurations = { version: 2, projects: {} };
    const facts = manifestFacts('manifest.yml', { root, nxJsonConfiguration: {}, projectsConfigurations });
    expect(facts.get('app-debian12-cudnn-cuda12.6.3-python3.12')).toEqual({
      axes: [
        { axis: 'cuda', value: '12.6.3' },
        { axis: 'python', value: '3.12', arg: 'PYTHON_VERSION' },
      ],
      cudaComponents: { cudart: '12.6.77-1', cudnn9: '9.5.1.17-1' },
      envars: { LANG: 'C.UTF-8' },
      allArgs: { PYTHON_VERSION: '3.12', MIRROR: 'https://debian12.example.org' },
      vars: { ports: ['80', '443'] },
    });
    expect(facts.get('app-debian12-runtime-python3.12')).toMatchObject({ cudaComponents: {} });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
