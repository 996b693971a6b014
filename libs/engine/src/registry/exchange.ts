import type { IncomingHttpHeaders } from 'node:http';
import type { DiagnosticCode } from '@nx-image-matrix/diagnostics';
import { EngineError } from '../errors.ts';
import type { Route } from '../http/agents.ts';
import { header } from '../http/request.ts';
import type { HttpRequest, Upload } from '../http/request.ts';
import { proxyFor } from '../http/proxy.ts';
import { authoritiesFor } from './authorities.ts';
import { authorize } from './authorization.ts';
import type { Access } from './authorization.ts';
import { originOf } from './origin.ts';
import type { Origin } from './origin.ts';
import { arriving, sending } from './pace.ts';
import type { Pace } from './pace.ts';
import { follow } from './redirects.ts';
import type { Followed } from './redirects.ts';
import type { Credentials } from './run-memory.ts';
import { markTransient } from './transient.ts';

export interface RegistryRequest {
  method: 'HEAD' | 'GET' | 'POST' | 'PUT' | 'DELETE';
  registry: string;
  repository: string;
  /** `manifests/12`, below the repository */
  path: string;
  /** Where the registry wants the request instead; a login is sent there only if that is the registry itself. */
  location?: URL;
  headers?: Record<string, string>;
  body?: Buffer | Upload;
  /** Takes the body of a success as it arrives, however long it is. */
  receive?: (content: AsyncIterable<Buffer>) => Promise<void>;
  /** The permissions to ask for. Default: those that the method needs. */
  access?: readonly Access[];
  /** Leaves other tries to the caller. */
  once?: boolean;
  /** The action, as the beginning of an error message. */
  what: string;
  /** The kind of refusals that have none of their own. Default: `registry-failed` */
  fallback?: DiagnosticCode;
  /** Throws if the answer is invalid; the request is then sent again. */
  check?: (answer: RegistryResponse) => void;
}

export interface RegistryResponse {
  url: URL;
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Who asks, and from where. */
export interface Account {
  /** The login for a registry, if it needs one. @throws EngineError if it cannot be looked up */
  credentials?: (registry: string) => Promise<Credentials | undefined>;
  /** Registries, `host:port`, that are accessed over plain HTTP, besides loopback registries. */
  insecure?: readonly string[];
  /** Called with one line for each retry, and for a login that cannot be looked up. */
  onNote?: (line: string) => void;
  /** Where to look up proxies and certificates. Default: the environment of this process. */
  environment?: NodeJS.ProcessEnv;
}

export interface ExchangeContext extends Account {
  /** The `Authorization` of each repository, `registry/repository`, that has wanted one. */
  authorizations: Map<string, string>;
}

/** A manifest may have 4 MiB (OCI distribution specification, "Pushing Manifests"), as may a configuration. */
const longestBody = 4 * 1024 * 1024;

/** An answer, whatever its status. */
interface Exchanged {
  answer: Followed;
  secret?: string;
  /** Why there is no login. */
  problem?: string;
}

/**
 * Sends a request once, or a second time with a login. A token may be read-only or expired; then the registry's new
 * challenge counts.
 *
 * @throws EngineError `unauthorized`, `registry-failed`, and Node's errors if there is no complete answer
 */
export async function exchange(
  request: RegistryRequest,
  pace: Pace & { signal: AbortSignal },
  context: ExchangeContext,
): Promise<Exchanged> {
  const { registry, repository, path, method, headers } = request;
  const { signal } = pace;
  const origin = originOf(registry, context.insecure);
  const routeTo = routesFor(origin, context.environment ?? process.env);
  const url = request.location ?? new URL(`/v2/${repository}/${path}`, origin.url);
  const atHome = url.origin === origin.url.origin;
  const account = `${registry}/${repository}`;
  const known = atHome ? context.authorizations.get(account) : undefined;
  const ask = (authorization: string | undefined): Promise<Followed> => {
    const sent = { ...headers, ...(authorization && { authorization }) };
    const options = { signal, limit: longestBody, route: routeTo(url) };
    return follow({ url, method, headers: sent, ...bodies(request, pace), ...options }, routeTo);
  };
  const first = await ask(known);
  if (first.status !== 401) return { answer: first, secret: known };
  if (!first.own || !atHome) throw strangerAsks(origin, first);
  const { credentials, problem } = await lookUp(registry, context);
  const authorization = await withProblem(problem, () =>
    authorize(header(first.headers, 'www-authenticate') ?? '', credentials, {
      origin,
      access: request.access ?? [
        {
          repository,
          write: writes(request),
          ...(method === 'DELETE' && { remove: true }),
        },
      ],
      transport: { signal, routeTo },
    }),
  );
  if (!authorization || authorization === known) return { answer: first, secret: known, problem };
  context.authorizations.set(account, authorization);
  if (request.body && !Buffer.isBuffer(request.body)) throw sendAgain(request);
  return { answer: await ask(authorization), secret: authorization, problem };
}

function bodies({ body, receive }: RegistryRequest, pace: Pace): Pick<HttpRequest, 'body' | 'receive'> {
  return {
    body: !body || Buffer.isBuffer(body) ? body : sending(body, pace),
    receive:
      receive &&
      ((response) => {
        pace.limit.stop();
        return receive(arriving(response, pace));
      }),
  };
}

/** A body that is made while it is sent cannot be sent again with the new token; another try can. */
function sendAgain({ registry, what, method }: RegistryRequest): EngineError {
  const message = `${what}: ${registry} wants a new login for ${method}`;
  return markTransient(new EngineError('unauthorized', message, { status: 401 }));
}

/** The registry's certificates also apply to its token server, as in docker. */
function routesFor({ registry }: Origin, environment: NodeJS.ProcessEnv): (url: URL) => Route {
  let authorities: string[] | undefined;
  let read = false;
  return (url) => {
    if (url.protocol === 'http:') return { proxy: proxyFor(url, environment) };
    if (!read) authorities = authoritiesFor(registry, environment);
    read = true;
    return { proxy: proxyFor(url, environment), authorities };
  };
}

/** A registry that allows anonymous reads is read even if the login cannot be looked up. */
async function lookUp(registry: string, { credentials, onNote }: Account) {
  try {
    return { credentials: await credentials?.(registry) };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onNote?.(error.message);
    return { problem: [error.message, ...(error.hint ? [error.hint] : [])].join('. ') };
  }
}

async function withProblem<T>(problem: string | undefined, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!problem || !(error instanceof EngineError) || error.code !== 'unauthorized') throw error;
    throw new EngineError('unauthorized', error.message, { hint: problem, output: error.output, cause: error });
  }
}

/** A challenge counts only if it comes from the registry itself (CVE-2020-15157). */
function strangerAsks({ registry }: Origin, { url }: Followed): EngineError {
  return new EngineError(
    'unauthorized',
    `${registry} redirects to ${url.host}, which wants a login; none was sent there`,
    {
      hint: `logins are for the registry that a repository names; if ${url.host} is the registry, name it in the manifest`,
    },
  );
}

/** Whether a request changes something. */
export function writes({ method }: RegistryRequest): boolean {
  return method !== 'HEAD' && method !== 'GET';
}
