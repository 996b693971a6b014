import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { wholeMilliseconds } from '../process/clock.ts';
import { proxyAuthorization } from './proxy.ts';

/** Milliseconds for a proxy to open a tunnel. */
const tunnelTime = 15_000;

/** The parameters of a connection. */
export interface Route {
  proxy?: URL;
  /** Trusted certificates, as PEM, instead of Node's own list. */
  authorities?: string[];
}

const agents = new Map<string, http.Agent>();

/** The agent for a route; it keeps connections for the next request. */
export function agentFor(protocol: string, { proxy, authorities }: Route): http.Agent {
  const key = JSON.stringify([protocol, proxy?.href, authorities]);
  let agent = agents.get(key);
  if (!agent) {
    const options = { keepAlive: true, ...(authorities && { ca: authorities }) };
    if (protocol === 'http:') agent = new http.Agent(options);
    else agent = proxy ? new TunnelAgent(proxy, options) : new https.Agent(options);
    agents.set(key, agent);
  }
  return agent;
}

type Connected = (error: Error | null, socket?: Duplex) => void;

/** Connects with TLS through the tunnel of an HTTP proxy (RFC 9110, section 9.3.6, `CONNECT`). */
class TunnelAgent extends https.Agent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: tls.ConnectionOptions, connected: Connected): undefined {
    const host = options.host?.includes(':') ? `[${options.host.replace(/[[\]]/g, '')}]` : options.host;
    openTunnel(this.#proxy, `${host}:${options.port ?? 443}`).then(
      (socket) => connected(null, tls.connect({ ...options, socket })),
      (error: Error) => connected(error),
    );
    return undefined;
  }
}

function openTunnel(proxy: URL, target: string): Promise<Duplex> {
  const authorization = proxyAuthorization(proxy);
  const request = (proxy.protocol === 'https:' ? https : http).request({
    ...addressOf(proxy),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
    agent: false,
    timeout: wholeMilliseconds(tunnelTime),
  });
  return new Promise((resolve, reject) => {
    request.on('connect', ({ statusCode, statusMessage }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new ProxyRefusal(`it answers ${statusCode} ${statusMessage}`.trim(), statusCode));
    });
    request.on('timeout', () => request.destroy(new Error(`the proxy makes no tunnel within ${tunnelTime / 1000} s`)));
    request.on('error', reject);
    request.end();
  });
}

/** The answer of the proxy itself, instead of the server's. */
export class ProxyRefusal extends Error {
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined) {
    super(message);
    this.status = status;
  }
}

/** Host and port, for `request`. */
export function addressOf(url: URL): { host: string; port: number } {
  const port = url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}
