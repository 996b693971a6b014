import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deliver, Intercept } from './registry-proxy.ts';

/** The requests that a fault applies to. */
export type Concerned = (incoming: IncomingMessage) => boolean;

/** Requests with one of these methods to blobs or to manifests. */
export function requests(methods: string, part: 'blobs' | 'manifests'): Concerned {
  return ({ method = '', url = '' }) => methods.split(' ').includes(method) && url.includes(`/${part}/`);
}

/** Applies a fault that many times, and then no more. */
export function times(count: number, fault: Intercept): Intercept {
  let left = count;
  return (incoming, response, pass) => {
    if (left === 0 || !fault(incoming, response, pass)) return false;
    left -= 1;
    return true;
  };
}

/**
 * Answers with a status, and the reason as JSON, as registries do: after the body, since a connection that is closed
 * before may take the answer with it.
 */
export function refuses(concerned: Concerned, status: number, headers: Record<string, string> = {}): Intercept {
  return (incoming, response) => {
    if (!concerned(incoming)) return false;
    incoming.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers });
      response.end('{"errors":[{"code":"UNKNOWN","message":"the test wants it so"}]}');
    });
    return true;
  };
}

/** Closes the connection without an answer (RST). */
export function resets(concerned: Concerned): Intercept {
  return (incoming) => {
    if (!concerned(incoming)) return false;
    incoming.socket.resetAndDestroy();
    return true;
  };
}

/** Forwards the request, and sends half of the answer. */
export function truncates(concerned: Concerned): Intercept {
  return altered(concerned, async (socket, bytes) => {
    socket.write(bytes.subarray(0, bytes.length / 2));
    await sleep(10);
  });
}

/** Forwards the request, and sends the answer a few bytes at a time, with pauses (milliseconds) between them. */
export function drips(concerned: Concerned, size: number, pause: number): Intercept {
  return altered(concerned, async (socket, bytes) => {
    for (let start = 0; start < bytes.length; start += size) {
      socket.write(bytes.subarray(start, start + size));
      await sleep(pause);
    }
  });
}

function altered(concerned: Concerned, send: (socket: Socket, bytes: Buffer) => Promise<void>): Intercept {
  const deliver: Deliver = async (answer, response) => {
    const { socket } = response;
    if (!socket) return;
    await send(socket, await rawAnswer(answer));
    socket.destroySoon();
  };
  return (incoming, _response, pass) => {
    if (!concerned(incoming)) return false;
    pass(deliver);
    return true;
  };
}

type Socket = NonNullable<ServerResponse['socket']>;

/** An answer as sent over the wire. */
async function rawAnswer(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const received: AsyncIterable<Buffer> = answer;
  for await (const chunk of received) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const head = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, 'Connection: close'];
  for (const [index, name] of answer.rawHeaders.entries()) {
    if (index % 2 === 1) continue;
    if (!/^(connection|transfer-encoding)$/i.test(name)) head.push(`${name}: ${answer.rawHeaders[index + 1]}`);
  }
  if (answer.headers['transfer-encoding']) head.push(`Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}
