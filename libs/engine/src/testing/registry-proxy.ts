import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { portOf } from './port.ts';

/** Sends a registry's answer in another way than whole and at once. */
export type Deliver = (answer: IncomingMessage, response: ServerResponse) => void;

/**
 * Handles a request (true) or leaves it to the registry. `pass` forwards it to the registry, so that only the answer is
 * changed.
 */
export type Intercept = (
  incoming: IncomingMessage,
  response: ServerResponse,
  pass: (deliver?: Deliver) => void,
) => boolean;

export interface RegistryProxy {
  /** `127.0.0.1:40123` */
  address: string;
  intercept: Intercept;
  /** All requests, as `PUT /v2/app/manifests/1`. */
  requests: string[];
  /** Whether a repository may mount layers of another; otherwise every layer is sent. Default: yes. */
  mounts: boolean;
  close(): void;
}

/** A loopback registry that can be made to fail: it forwards everything to another one. */
export async function registryProxy(target: string, intercept: Intercept = () => false): Promise<RegistryProxy> {
  const [host, port] = target.split(':');
  const server = createServer((incoming, response) => {
    const { method, url = '', headers } = incoming;
    const path = proxy.mounts ? url : url.replace(/\?mount=.*$/, '');
    proxy.requests.push(`${method} ${url}`);
    const pass = (deliver: Deliver = deliverAll): void => {
      const outgoing = request({ host, port, method, path, headers }, (answer) => deliver(answer, response));
      outgoing.on('error', () => response.destroy());
      incoming.pipe(outgoing);
    };
    if (!proxy.intercept(incoming, response, pass)) pass();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: RegistryProxy = {
    address: `127.0.0.1:${portOf(server)}`,
    intercept,
    requests: [],
    mounts: true,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return proxy;
}

function deliverAll(answer: IncomingMessage, response: ServerResponse): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  answer.on('error', () => response.destroy());
  answer.pipe(response);
}

/** A registry that requires this user and password. */
export function wantsLogin(user: string, password: string): Intercept {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return (incoming, response) => {
    if (incoming.headers.authorization === expected) return false;
    response.writeHead(401, { 'www-authenticate': 'Basic realm="registry"', 'content-type': 'application/json' });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
    return true;
  };
}
