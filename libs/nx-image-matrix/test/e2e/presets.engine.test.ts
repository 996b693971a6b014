import { docker, removeImages, uniquePrefix } from '../support/engine.ts';
import { Workspace } from '../support/workspace.ts';

describe('the preset python', () => {
  let workspace: Workspace;
  const name = `${uniquePrefix()}api`;

  beforeAll(() => {
    workspace = new Workspace({ files: {} });
  });
  afterAll(() => {
    removeImages(name);
    workspace.dispose();
  });

  it('renders with CUDA, in a folder of its own, without a warning', () => {
    workspace.nxOk(`g nx-image-matrix:manifest gpu --preset=python --cuda --package=gpu --repository=ghcr.io/acme`);
    workspace.nxOk('sync');
    expect(workspace.nxOk('run gpu-images:docker-matrix')).toContain('4 images');
    expect(workspace.nx('run gpu-images:docker-matrix').output).not.toMatch(/warning|error/i);
    expect(workspace.read('gpu/docker/gpu/debian12/cudnn-cuda12.6.3/Dockerfile')).toContain(
      'libcudnn9-cuda-12=9.5.1.17-1',
    );
    expect(workspace.readJson('gpu/docker/gpu/debian12/runtime/image.json')).toMatchObject({
      repositories: ['ghcr.io/acme/gpu'],
    });
  });

  it('builds a server that answers', () => {
    workspace.nxOk(`g nx-image-matrix:manifest --preset=python --package=${name}`);
    workspace.nxOk(`run ${name}-debian12-runtime:docker-build`);
    const ask =
      'python /srv/server.py & sleep 2; python -c "from urllib.request import urlopen as u; print(u(\'http://127.0.0.1:8080/healthz\').read())"; kill $!';
    expect(docker('run', '--rm', `${name}:0.1.0-slim-runtime`, 'sh', '-c', ask)).toContain("b'ok\\n'");
  });
});
