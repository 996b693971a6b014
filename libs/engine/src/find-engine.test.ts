import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findEngine } from './find-engine.ts';

let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'find-engine-'));
});

afterEach(() => rmSync(bin, { recursive: true, force: true }));

function install(command: string, script: string): void {
  writeFileSync(join(bin, command), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, command), 0o755);
}

const info = { ServerVersion: '28.0.1', ClientInfo: { Context: 'default', Plugins: [{ Name: 'buildx' }] } };
const working = `echo '${JSON.stringify(info)}'`;
const stopped = `echo '{"ServerErrors":["Cannot connect to the Docker daemon"],"ClientInfo":{}}'; exit 1`;
const podman = '[ "$1" = --version ] && echo "podman version 5.4.2" || echo {}';

describe('findEngine', () => {
  it('tries docker first', async () => {
    install('docker', working);
    install('podman', podman);
    expect(await findEngine('auto', { PATH: bin })).toMatchObject({ name: 'docker', version: '28.0.1' });
  });

  it('uses podman if docker has no daemon', async () => {
    install('docker', stopped);
    install('podman', podman);
    expect(await findEngine('auto', { PATH: bin })).toMatchObject({ name: 'podman', version: '5.4.2' });
  });

  it('uses buildah if there is nothing else', async () => {
    install('buildah', podman.replaceAll('podman', 'buildah'));
    expect(await findEngine('auto', { PATH: bin })).toMatchObject({ name: 'buildah', version: '5.4.2' });
  });

  it('uses the chosen engine', async () => {
    install('docker', working);
    install('podman', podman);
    expect(await findEngine('podman', { PATH: bin })).toMatchObject({ name: 'podman' });
  });

  it('reports what was tried, and what to install', async () => {
    install('docker', stopped);
    install('podman', 'echo "cannot set up namespace" >&2; exit 125');
    await expect(findEngine('auto', { PATH: bin })).rejects.toMatchObject({
      code: 'no-engine',
      hint: expect.stringMatching(/docker with buildx, podman/),
      output: expect.stringMatching(
        /^docker: the docker daemon does not answer[^]*Cannot connect[^]*podman: `podman` does not work here[^]*cannot set up namespace[^]*buildah: `buildah` is not installed/,
      ),
    });
  });

  it('reports what is wrong with the chosen engine', async () => {
    install('docker', stopped);
    await expect(findEngine('docker', { PATH: bin })).rejects.toMatchObject({
      code: 'daemon-failed',
      message: 'the engine docker cannot be used: the docker daemon does not answer',
      hint: expect.stringContaining('systemctl start docker'),
      output: 'Cannot connect to the Docker daemon',
    });
  });

  it('checks once, and again after a failure', async () => {
    install('docker', stopped);
    await expect(findEngine('docker', { PATH: bin })).rejects.toThrow();
    install('docker', `${working}; echo asked >> ${join(bin, 'log')}`);
    const engine = await findEngine('docker', { PATH: bin });
    rmSync(join(bin, 'docker'));
    expect(await findEngine('docker', { PATH: bin })).toBe(engine);
  });
});
