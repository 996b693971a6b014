// Ports of the stand: which one is free, and whether the server that answers there is the stand's own.
// usage: ports.mjs free PORT COUNT ADDRESS...    prints the first port from PORT on that is free on every address
//        ports.mjs is-ours ADDRESS:PORT TOKEN    succeeds if the server there answers with the stand's token
import { Agent, get } from 'node:http';
import { connect, createServer } from 'node:net';
import { pathToFileURL } from 'node:url';

/** Name of the header in answers of the stand's own servers; each `up` creates another token. */
export const OWNER_HEADER = 'x-nx-image-matrix-stand';

/** Milliseconds; long enough for a busy machine. */
const TIMEOUT = 15_000;

/**
 * Whether the server at `host:port` was started by this stand. Never rejects: a server that does not answer is not
 * ours.
 */
export function isOurs(server, token) {
  if (!token) return Promise.resolve(false);
  return new Promise((resolve) => {
    // A separate agent: the global one may send requests through a proxy.
    const request = get(`http://${server}/v2/`, { agent: new Agent(), timeout: TIMEOUT }, (response) => {
      response.destroy();
      resolve(response.headers[OWNER_HEADER] === token);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** The first of `count` ports from `first` on that is free on every address; `undefined` if there is none. */
export async function firstFree(first, count, addresses) {
  for (let port = first; port < Math.min(first + count, 65_536); port += 1) {
    if (await isFree(port, addresses)) return port;
  }
  return undefined;
}

async function isFree(port, addresses) {
  for (const address of addresses) {
    if ((await isAnswered(port, address)) || !(await canListen(port, address))) return false;
  }
  return true;
}

/** On macOS a port can be bound on loopback although a program uses it on all addresses. */
function isAnswered(port, host) {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 3000 }, () => done(true));
    const done = (answered) => {
      socket.destroy();
      resolve(answered);
    };
    socket.on('timeout', () => done(false));
    socket.on('error', () => done(false));
  });
}

/** A program may hold a port without accepting connections. An address that does not exist yet is free. */
function canListen(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', ({ code }) => resolve(code === 'EADDRNOTAVAIL'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function main([command, ...rest]) {
  if (command === 'is-ours') return (await isOurs(rest[0], rest[1])) ? 0 : 1;
  const [first, count, ...addresses] = rest;
  const port = await firstFree(Number(first), Number(count), addresses);
  if (port !== undefined) console.log(port);
  return port === undefined ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  // No top-level await: tests load this file with require.
  void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
}
