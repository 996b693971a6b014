import { readDockerInfo } from './probe.ts';
import type { DockerInfo } from './probe.ts';

const info = {
  ServerVersion: '28.0.1',
  DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']],
  ClientInfo: { Context: 'remote', Plugins: [{ Name: 'compose' }, { Name: 'buildx' }] },
};

describe('readDockerInfo', () => {
  it('finds version, builder and image store', () => {
    expect(readDockerInfo(info, 0, '')).toEqual({ version: '28.0.1', builder: 'remote', containerdStore: true });
  });

  it.each([[null], [[['Backing Filesystem', 'extfs']]]])('takes %j for a graph driver', (DriverStatus) => {
    expect(readDockerInfo({ ...info, DriverStatus }, 0, '').containerdStore).toBe(false);
  });

  it.each<[string, DockerInfo, number, string]>([
    ['a daemon that does not answer', { ClientInfo: info.ClientInfo, ServerErrors: ['Cannot connect'] }, 1, 'daemon'],
    ['no output at all', {}, 1, 'daemon'],
    ['docker without buildx', { ...info, ClientInfo: { Plugins: [{ Name: 'compose' }] } }, 0, 'no-engine'],
    [
      'a buildx that does not start',
      { ...info, ClientInfo: { Plugins: [{ Name: 'buildx', Err: 'x' }] } },
      0,
      'no-engine',
    ],
    ['podman under the name of docker', { host: {} } as DockerInfo, 0, 'no-engine'],
  ])('refuses %s', (_, broken, exitCode, kind) => {
    expect(() => readDockerInfo(broken, exitCode, 'words')).toThrow(expect.objectContaining({ kind }) as Error);
  });
});
