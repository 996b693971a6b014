import { daemonError, readDockerInfo } from './probe.ts';
import type { DockerInfo } from './probe.ts';

const info = {
  ServerVersion: '28.0.1',
  DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']],
  OSType: 'linux',
  Architecture: 'aarch64',
  ClientInfo: { Context: 'remote', Plugins: [{ Name: 'compose' }, { Name: 'buildx' }] },
};

describe('readDockerInfo', () => {
  it('finds version, builder, image store and platform', () => {
    expect(readDockerInfo('docker', info, 0, '')).toEqual({
      version: '28.0.1',
      builder: 'remote',
      containerdStore: true,
      driver: 'docker',
      hasDaemon: true,
      platforms: ['linux/arm64'],
    });
  });

  it.each([[null], [[['Backing Filesystem', 'extfs']]]])('takes %j for a graph driver', (DriverStatus) => {
    expect(readDockerInfo('docker', { ...info, DriverStatus }, 0, '').containerdStore).toBe(false);
  });

  it.each<[string, DockerInfo, number, string]>([
    [
      'a daemon that does not answer',
      { ClientInfo: info.ClientInfo, ServerErrors: ['Cannot connect'] },
      1,
      'daemon-failed',
    ],
    ['no output at all', {}, 1, 'daemon-failed'],
    ['docker without buildx', { ...info, ClientInfo: { Plugins: [{ Name: 'compose' }] } }, 0, 'no-engine'],
    [
      'a buildx that does not start',
      { ...info, ClientInfo: { Plugins: [{ Name: 'buildx', Err: 'x' }] } },
      0,
      'no-engine',
    ],
    ['podman under the name of docker', { host: {} } as DockerInfo, 0, 'no-engine'],
  ])('refuses %s', (_, broken, exitCode, code) => {
    expect(() => readDockerInfo('docker', broken, exitCode, 'words')).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  it('includes why buildx does not start', () => {
    const broken = { ...info, ClientInfo: { Plugins: [{ Name: 'buildx', Err: 'exec format error' }] } };
    expect(() => readDockerInfo('docker', broken, 0, '')).toThrow(
      expect.objectContaining({
        message: 'docker cannot start its buildx plugin',
        output: 'exec format error',
      }) as Error,
    );
  });
});

describe('daemonError', () => {
  it('distinguishes a daemon without permission from one that does not run', () => {
    const denied =
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock';
    expect(daemonError('docker', denied)).toMatchObject({
      message: 'this user may not talk to the daemon of docker',
      hint: expect.stringContaining('group `docker`'),
      output: denied,
    });
    expect(daemonError('docker', 'Cannot connect')).toMatchObject({ message: 'the docker daemon does not answer' });
  });
});
