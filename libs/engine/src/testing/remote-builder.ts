import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portOf } from './port.ts';

/** A builder of buildx with the driver `remote`. */
export interface RemoteBuilder {
  name: string;
  /** The variables with which buildx finds it, and no other builder. */
  environment: { BUILDX_CONFIG: string; BUILDX_BUILDER: string };
  /** Ends all its connections, as if its machine had gone; it can be reached again afterwards. */
  disconnect(): void;
  /** Removes it. */
  stop(): void;
}

const upgrade = 'POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n';

/**
 * The BuildKit of a docker daemon as a remote builder. A daemon serves it over its socket
 * (https://github.com/moby/moby, `api/server/router/grpc`); a bridge on loopback makes that an address for buildx.
 *
 * @param socket path of the daemon's socket.
 */
export async function remoteBuilder(socket: string): Promise<RemoteBuilder> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const daemon = connect(socket);
    for (const side of [client, daemon]) {
      open.add(side);
      side.on('close', () => open.delete(side));
      side.on('error', () => [client, daemon].forEach((end) => end.destroy()));
    }
    daemon.write(upgrade);
    let head = Buffer.alloc(0);
    const readHead = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      daemon.off('data', readHead);
      client.write(head.subarray(end + 4));
      client.pipe(daemon);
      daemon.pipe(client);
    };
    daemon.on('data', readHead);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'remote-builder-'));
  const name = `remote-${process.pid}-${portOf(server)}`;
  const environment = { BUILDX_CONFIG: folder, BUILDX_BUILDER: name };
  const create = ['buildx', 'create', '--driver', 'remote', '--name', name, `tcp://127.0.0.1:${portOf(server)}`];
  const { status, stderr } = spawnSync('docker', create, {
    encoding: 'utf8',
    env: { ...process.env, BUILDX_CONFIG: folder },
  });
  if (status !== 0) throw new Error(`no remote builder: ${stderr}`);
  const disconnect = (): void => [...open].forEach((side) => side.destroy());
  return {
    name,
    environment,
    disconnect,
    stop() {
      disconnect();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
