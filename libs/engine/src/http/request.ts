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
  /** Limits the whole request, including the body of the answer. */
  signal: AbortSignal;
  route: Route;
  /** Most bytes of a body; that of an error is cut at 64 kB instead. */
  limit: number;
}

export interface HttpAnswer {
  url: URL;
  status: number;
  statusText: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A body exceeds the limit, or announces that it will. */
export class TooLong extends Error {}

const longestError = 64 * 1024;
const longestHeaders = 64 * 1024;

/**
 * Sends one request and returns its answer, whatever the status; does not follow redirects. Uses Node's own client,
 * because `fetch` of Node 20 and 22 does not support proxies, follows redirects with the body, and does not limit
 * headers.
 *
 * @throws Error of Node if there is no complete answer, TooLong
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

/** A header that occurs once; one that occurs several times is one text, which is not used as a value here. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function send({ url, method, headers, body, signal, route }: HttpRequest): Promise<IncomingMessage> {
  const { proxy } = route;
  const tunnelled = url.protocol === 'https:';
  // Without TLS, a proxy gets the complete URL, and forwards what it is sent.
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

/** `limit` applies to a success; without one, the rest of a body is not read. */
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
