import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request itself (true) or leaves it to the registry. */
export type Intercept = (incoming: IncomingMessage, response: ServerResponse) => boolean;

export interface RegistryProxy {
  /** `127.0.0.1:40123` */
  address: string;
  intercept: Intercept;
  close(): void;
}

/** A registry on this machine that can be made to fail: it passes everything on to another one. */
export async function registryProxy(target: string, intercept: Intercept = () => false): Promise<RegistryProxy> {
  const [host, port] = target.split(':');
  const server = createServer((incoming, response) => {
    if (proxy.intercept(incoming, response)) return;
    const { method, url: path, headers } = incoming;
    const outgoing = request({ host, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RegistryProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    intercept,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

/** A registry that wants this user and password. */
export function wantsLogin(user: string, password: string): Intercept {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return (incoming, response) => {
    if (incoming.headers.authorization === expected) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"', 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
    return true;
  };
}
