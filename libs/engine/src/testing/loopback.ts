import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { portOf } from './port.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A loopback server that records requests, with logins in clear. */
export interface LoopbackServer {
  /** `127.0.0.1:40123` */
  address: string;
  /** `GET /v2/x/manifests/1 me:password`, with the body if there is one. */
  asked: string[];
  handle: Handler;
  close(): void;
}

/** Answers every request with `handle`, which may be set later. */
export async function loopbackServer(handle: Handler): Promise<LoopbackServer> {
  const server = createServer({ maxHeaderSize: 256 * 1024 }, (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('error', () => response.destroy());
    request.on('end', () => {
      found.asked.push(`${request.method} ${request.url} ${login(request)} ${body}`.trim());
      found.handle(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const found: LoopbackServer = {
    address: `127.0.0.1:${portOf(server)}`,
    asked: [],
    handle,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return found;
}

function login({ headers: { authorization = '' } }: IncomingMessage): string {
  const [, text] = /^Basic (.*)$/.exec(authorization) ?? [];
  return text === undefined ? authorization : Buffer.from(text, 'base64').toString();
}
