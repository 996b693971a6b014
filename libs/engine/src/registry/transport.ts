import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from '../errors.ts';
import type { Route } from '../http/agents.ts';
import { header } from '../http/request.ts';
import { proxyFor } from '../http/proxy.ts';
import { timeLimit } from '../process/clock.ts';
import type { Clock } from '../process/clock.ts';
import { retry, withTries } from '../process/retry.ts';
import type { RetryPolicy } from '../process/retry.ts';
import { messageOf } from '../unknown.ts';
import { authoritiesFor } from './authorities.ts';
import { authorize } from './authorization.ts';
import type { Credentials } from './run-memory.ts';
import { originOf } from './origin.ts';
import type { Origin } from './origin.ts';
import { doubtful, givenUp, remember, runMemory } from './reachability.ts';
import type { RunMemory } from './run-memory.ts';
import { follow } from './redirects.ts';
import type { Followed } from './redirects.ts';
import { responseError } from './response.ts';
import { transientFailure } from './transient.ts';
import { NoAnswer, unreachable } from './unreachable.ts';

export interface ClientOptions {
  /** The login for a registry, if it needs one. @throws EngineError if it cannot be looked up */
  credentials?: (registry: string) => Promise<Credentials | undefined>;
  /** Registries, `host:port`, that are accessed over plain HTTP, besides loopback registries. */
  insecure?: readonly string[];
  /** Changes to the default policy: 5 tries within a minute, 20 s for each. */
  policy?: Partial<RetryPolicy & { request: number }>;
  /** Called with one line for each retry, and for a login that cannot be looked up. */
  onNote?: (line: string) => void;
  /** What the run knows about registries so far. */
  memory?: RunMemory;
  /** Where to look up proxies and certificates. Default: the environment of this process. */
  environment?: NodeJS.ProcessEnv;
  clock?: Clock;
  signal?: AbortSignal;
}

export interface RegistryRequest {
  method: 'HEAD' | 'GET' | 'PUT';
  registry: string;
  repository: string;
  /** `manifests/12`, below the repository */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** The action, as the beginning of an error message. */
  what: string;
  /** Throws if the answer is invalid; the request is then sent again. */
  check?: (answer: RegistryResponse) => void;
}

export interface RegistryResponse {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a request to a registry; `undefined` for a 404. @throws EngineError */
export type Send = (request: RegistryRequest) => Promise<RegistryResponse | undefined>;

/** The same as for pushes: waits of 3 to 6 s. */
const defaultPolicy = { tries: 5, total: 60_000, wait: 500, longestWait: 2_000, request: 20_000 };
/** A manifest may have 4 MiB (OCI distribution specification, "Pushing Manifests"), as may a configuration. */
const longestBody = 4 * 1024 * 1024;

/** A function that sends requests to registries: logs in when required, caches tokens, and retries transient errors. */
export function createTransport(options: ClientOptions): Send {
  const context: Context = { ...options, authorizations: new Map(), memory: options.memory ?? runMemory() };
  const { memory } = context;
  return async (request) => {
    const { registry } = request;
    const lost = givenUp(registry, memory);
    if (lost) throw lost;
    const policy = {
      ...defaultPolicy,
      ...options.policy,
      ...(memory.silent.has(registry) && {
        tries: 1,
        request: Math.min(doubtful, options.policy?.request ?? doubtful),
      }),
    };
    let tries = 0;
    try {
      const answer = await retry(
        (remaining) => {
          tries += 1;
          return sendOnce(request, Math.min(remaining, policy.request), context);
        },
        {
          policy,
          transient: transientFailure,
          clock: options.clock,
          signal: options.signal,
          onRetry: (error, wait, next) =>
            options.onNote?.(`${messageOf(error)}; try ${next} of ${policy.tries} in ${(wait / 1000).toFixed(1)} s`),
          giveUp: withTries,
        },
      );
      memory.silent.delete(registry);
      return answer;
    } catch (error) {
      // A connection that is refused at once may be a registry that restarts; retrying costs nothing.
      const counts = error instanceof NoAnswer && (error.slow || tries > 1) && !options.signal?.aborted;
      if (counts) remember(registry, error, tries, memory);
      throw error;
    }
  };
}

interface Context extends ClientOptions {
  authorizations: Map<string, string>;
  memory: RunMemory;
}

async function sendOnce(
  request: RegistryRequest,
  timeout: number,
  context: Context,
): Promise<RegistryResponse | undefined> {
  const limit = timeLimit(timeout);
  const signal = context.signal ? AbortSignal.any([context.signal, limit]) : limit;
  try {
    const { answer, secret, problem } = await send(request, signal, context);
    if (answer.status >= 200 && answer.status < 300) {
      request.check?.(answer);
      return answer;
    }
    if (answer.status === 404 && request.method !== 'PUT') return undefined;
    const { registry, repository, path } = request;
    const place = { registry, repository, tag: path.split('/').at(-1) };
    throw responseError(request.what, answer, { hint: problem ?? refusedHint(request), place, secret });
  } catch (error) {
    if (error instanceof EngineError) throw error;
    if (context.signal?.aborted) throw new EngineError('interrupted', `${request.what}: interrupted`);
    throw unreachable(request.registry, error, limit.aborted ? timeout : undefined);
  }
}

interface Sent {
  answer: Followed;
  secret?: string;
  /** Why there is no login. */
  problem?: string;
}

/** A token may be read-only or expired; then the registry's new challenge counts. */
async function send(request: RegistryRequest, signal: AbortSignal, context: Context): Promise<Sent> {
  const { registry, repository, path, method, headers, body } = request;
  const origin = originOf(registry, context.insecure);
  const routeTo = routesFor(origin, context.environment ?? process.env);
  const url = new URL(`/v2/${repository}/${path}`, origin.url);
  const account = `${registry}/${repository}`;
  const known = context.authorizations.get(account);
  const ask = (authorization: string | undefined): Promise<Followed> => {
    const sent = { ...headers, ...(authorization && { authorization }) };
    return follow({ url, method, headers: sent, body, signal, limit: longestBody, route: routeTo(url) }, routeTo);
  };
  const first = await ask(known);
  if (first.status !== 401) return { answer: first, secret: known };
  if (!first.own) throw strangerAsks(origin, first);
  const { credentials, problem } = await lookUp(registry, context);
  const authorization = await withProblem(problem, () =>
    authorize(header(first.headers, 'www-authenticate') ?? '', credentials, {
      origin,
      access: { repository, write: method === 'PUT' },
      transport: { signal, routeTo },
    }),
  );
  if (!authorization || authorization === known) return { answer: first, secret: known, problem };
  context.authorizations.set(account, authorization);
  return { answer: await ask(authorization), secret: authorization, problem };
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
async function lookUp(registry: string, { credentials, onNote }: Context) {
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

function refusedHint({ registry, method }: RegistryRequest): string {
  const right = method === 'PUT' ? 'push to' : 'read';
  return `log in to ${registry} with an account that may ${right} the repository`;
}
