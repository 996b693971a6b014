import http from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { addressOf, agentFor } from './agents.ts';
import type { Route } from './agents.ts';
import { proxyAuthorization } from './proxy.ts';

export interface HttpRequest {
  url: URL;
  method: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** Bounds the whole of it, the answer's body included. */
  signal: AbortSignal;
  route: Route;
  /** Bytes that a body may have; that of an error is cut at 64 kB instead. */
  limit: number;
}

export interface HttpAnswer {
  url: URL;
  status: number;
  statusText: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A body that is longer than what was asked for may be, or says so. */
export class TooLong extends Error {}

const longestError = 64 * 1024;
const longestHeaders = 64 * 1024;

/**
 * One request and its answer, whatever the status; redirects are answers like others. Uses Node's own client, because
 * `fetch` of Node 20 and 22 knows no proxy, follows redirects with the body, and has no limit on headers.
 *
 * @throws Error of Node's when there is no whole answer, TooLong
 */
export async function request(asked: HttpRequest): Promise<HttpAnswer> {
  const response = await send(asked);
  const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
  const answer = { url: asked.url, status, statusText, headers };
  if (asked.method === 'HEAD') response.resume();
  const body =
    asked.method === 'HEAD' ? Buffer.alloc(0) : await readBody(response, status < 300 ? asked.limit : undefined);
  return { ...answer, body };
}

/** A header that came once; those that came several times are one text, which nothing here takes for a value. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function send({ url, method, headers, body, signal, route }: HttpRequest): Promise<IncomingMessage> {
  const { proxy } = route;
  const tunnelled = url.protocol === 'https:';
  // Without TLS a proxy is told the whole address, and passes on what it is sent.
  const server = proxy && !tunnelled ? proxy : url;
  const authorization = proxy && !tunnelled ? proxyAuthorization(proxy) : undefined;
  return new Promise((resolve, reject) => {
    const options: https.RequestOptions = {
      ...addressOf(server),
      method,
      path: server === url ? `${url.pathname}${url.search}` : url.href,
      headers: {
        host: url.host,
        'user-agent': 'nx-image-matrix',
        ...(body && { 'content-length': String(body.length) }),
        ...headers,
        ...(authorization && { 'proxy-authorization': authorization }),
      },
      agent: agentFor(server.protocol, server === proxy ? {} : route),
      maxHeaderSize: longestHeaders,
      signal,
    };
    const client = server.protocol === 'https:' ? https : http;
    client.request(options, resolve).on('error', reject).end(body);
  });
}

/** `limit` is that of a success; without one the rest of a body is left unread. */
async function readBody(response: IncomingMessage, limit: number | undefined): Promise<Buffer> {
  const most = limit ?? longestError;
  if (limit !== undefined && response.headers['content-length']) {
    refuseLonger(response, Number(response.headers['content-length']), limit);
  }
  const chunks: Buffer[] = [];
  let length = 0;
  const received: AsyncIterable<Buffer> = response;
  for await (const chunk of received) {
    chunks.push(chunk);
    length += chunk.length;
    if (limit !== undefined) refuseLonger(response, length, limit);
    if (length > most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

function refuseLonger(response: IncomingMessage, length: number, limit: number): void {
  if (length <= limit) return;
  response.destroy();
  throw new TooLong(`the answer is longer than ${Math.floor(limit / 1024)} kB`);
}
