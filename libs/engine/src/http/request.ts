import http from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import https from 'node:https';
import { addressOf, agentFor } from './agents.ts';
import type { Route } from './agents.ts';
import { proxyAuthorization } from './proxy.ts';

/** A body that is made while it is sent. */
export interface Upload {
  /** In bytes. */
  length: number;
  content: AsyncIterable<Buffer>;
}

export interface HttpRequest {
  url: URL;
  method: string;
  headers?: Record<string, string>;
  body?: Buffer | Upload;
  /** Takes the body of a success as it arrives; that of the answer is then empty. */
  receive?: (response: IncomingMessage) => Promise<void>;
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
  const { outgoing, response } = await send(asked);
  const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
  try {
    return { url: asked.url, status, statusText, headers, body: await takeBody(asked, response, status) };
  } finally {
    // Nothing may be sent on a connection after part of a body.
    if (!outgoing.writableEnded) outgoing.destroy();
  }
}

async function takeBody({ method, receive, limit }: HttpRequest, response: IncomingMessage, status: number) {
  const success = status >= 200 && status < 300;
  if (method === 'HEAD') response.resume();
  else if (!success || !receive) return readBody(response, status < 300 ? limit : undefined);
  else await receive(response).finally(() => response.complete || response.destroy());
  return Buffer.alloc(0);
}

/** A header that occurs once; one that occurs several times is one text, which is not used as a value here. */
export function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

interface Exchange {
  outgoing: ClientRequest;
  response: IncomingMessage;
}

function send({ url, method, headers, body, signal, route }: HttpRequest): Promise<Exchange> {
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
    const outgoing = client.request(options, (response) => resolve({ outgoing, response })).on('error', reject);
    if (!body || Buffer.isBuffer(body)) return void outgoing.end(body);
    upload(outgoing, body.content).catch((error: unknown) => {
      reject(error);
      outgoing.destroy();
    });
  });
}

/** Sends a body no faster than it is taken. Stops at an answer: a server may refuse a body before it has all of it. */
async function upload(outgoing: ClientRequest, content: AsyncIterable<Buffer>): Promise<void> {
  let stopped = false;
  const stop = (): void => void (stopped = true);
  outgoing.once('response', stop).once('close', stop);
  for await (const chunk of content) {
    if (stopped) return;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
}

function drained(outgoing: ClientRequest): Promise<void> {
  const events = ['drain', 'response', 'close'];
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of events) outgoing.off(event, done);
      resolve();
    };
    if (outgoing.destroyed) return resolve();
    for (const event of events) outgoing.once(event, done);
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
