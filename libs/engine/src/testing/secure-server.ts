import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { portOf } from './port.ts';

/** A server behind TLS, with a CA that nobody knows, in a network that only a proxy reaches. */
export interface SecureServer {
  /** `reg.internal:40123` */
  name: string;
  /** `127.0.0.1:40124`: an HTTP proxy that wants any login. */
  proxy: string;
  /** Each tunnel that was asked for, with the login. */
  tunnels: string[];
  /** Puts the CA where docker looks for it below a home folder. */
  trustIn(home: string): void;
  close(): void;
}

/** The folder is for keys. */
export async function secureServer(folder: string, handle: RequestListener): Promise<SecureServer> {
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=reg.internal -addext subjectAltName=DNS:reg.internal';
  execFileSync('openssl', [...words.split(' '), '-keyout', join(folder, 'k.pem'), '-out', join(folder, 'c.pem')]);
  const [key, cert = ''] = ['k.pem', 'c.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const secure = await listening(createSecure({ key, cert }, handle));
  const tunnels: string[] = [];
  const proxy = await listening(createServer());
  proxy.on('connect', ({ url, headers }, socket: Socket) => {
    const login = headers['proxy-authorization'] ?? '';
    tunnels.push(`${url} ${Buffer.from(login.slice(6), 'base64').toString()}`);
    if (!login) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const server = connect(portOf(secure), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    server.pipe(socket).pipe(server);
    for (const end of [server, socket]) end.on('error', () => [server.destroy(), socket.destroy()]);
  });
  const name = `reg.internal:${portOf(secure)}`;
  return {
    name,
    proxy: `127.0.0.1:${portOf(proxy)}`,
    tunnels,
    trustIn(home) {
      const certificates = join(home, '.config', 'docker', 'certs.d', name);
      mkdirSync(certificates, { recursive: true });
      writeFileSync(join(certificates, 'ca.crt'), cert);
    },
    close() {
      for (const server of [secure, proxy]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** A server behind TLS at an address of this machine that is not loopback, with a certificate that nobody trusts. */
export async function distrustedServer(): Promise<{ address: string; close: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'distrusted-'));
  const [host = '0.0.0.0'] = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x -addext subjectAltName=IP:${host}`;
  execFileSync('openssl', [...words.split(' '), '-keyout', join(folder, 'k.pem'), '-out', join(folder, 'c.pem')]);
  const [key, cert] = ['k.pem', 'c.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const server = createSecure({ key, cert });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return {
    address: `${host}:${portOf(server)}`,
    close() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening<S extends Server>(server: S): Promise<S> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
