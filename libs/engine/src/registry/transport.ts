import { EngineError } from '../errors.ts';
import { retry, withTries } from '../process/retry.ts';
import type { RetryPolicy } from '../process/retry.ts';
import { timeLimit } from '../process/clock.ts';
import type { Clock } from '../process/clock.ts';
import { authorize } from './authorization.ts';
import type { Credentials } from './credentials.ts';
import { isLoopback } from './reference.ts';
import { responseError } from './response.ts';
import { markTransient, transientFailure } from './transient.ts';

export interface ClientOptions {
  /** The login for a registry, where it wants one. */
  credentials?: (registry: string) => Promise<Credentials | undefined>;
  /** Registries, `host:port`, that speak plain HTTP, besides those of this machine. */
  insecure?: readonly string[];
  /** What differs from the default policy: 5 tries within a minute, 20 s for each. */
  policy?: Partial<RetryPolicy & { request: number }>;
  /** Is told of each further try, in one line. */
  onNote?: (line: string) => void;
  clock?: Clock;
  signal?: AbortSignal;
}

export interface Question {
  method: 'HEAD' | 'GET' | 'PUT';
  registry: string;
  /** `/v2/library/debian/manifests/12` */
  path: string;
  headers?: Record<string, string>;
  body?: Buffer;
  /** What is being done, as the beginning of an error message. */
  what: string;
  /** Throws when the answer cannot be what was asked for; it is asked again then. */
  check?: (answer: Answer) => void;
}

export interface Answer {
  headers: Headers;
  body: Buffer;
}

/** Asks a registry; undefined when it answers 404. @throws EngineError */
export type Ask = (question: Question) => Promise<Answer | undefined>;

/** As long as that of pushes: 3 to 6 s of waits. */
const defaultPolicy = { tries: 5, total: 60_000, wait: 500, longestWait: 2_000, request: 20_000 };
/** A manifest may have 4 MiB (OCI distribution specification, "Pushing Manifests"), a configuration is no larger. */
const longestBody = 16 * 1024 * 1024;

/** A way to ask registries that logs in when told to, remembers tokens, and tries again what may pass. */
export function createTransport(options: ClientOptions): Ask {
  const policy = { ...defaultPolicy, ...options.policy };
  const authorizations = new Map<string, string>();
  return (question) =>
    retry((remaining) => askOnce(question, Math.min(remaining, policy.request), options, authorizations), {
      policy,
      transient: transientFailure,
      clock: options.clock,
      signal: options.signal,
      onRetry: (error, wait, next) =>
        options.onNote?.(
          `${(error as Error).message}; try ${next} of ${policy.tries} in ${(wait / 1000).toFixed(1)} s`,
        ),
      giveUp: withTries,
    });
}

async function askOnce(
  question: Question,
  timeout: number,
  options: ClientOptions,
  authorizations: Map<string, string>,
): Promise<Answer | undefined> {
  const limit = timeLimit(timeout);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  try {
    const response = await send(question, signal, options, authorizations);
    if (response.ok) {
      const answer = { headers: response.headers, body: await readBody(response) };
      question.check?.(answer);
      return answer;
    }
    if (response.status === 404 && question.method !== 'PUT') {
      await response.body?.cancel();
      return undefined;
    }
    throw await responseError(question.what, response, refusedHint(question));
  } catch (error) {
    if (error instanceof EngineError) throw error;
    if (options.signal?.aborted) throw new EngineError('interrupted', `${question.what}: interrupted`);
    throw unreachable(question.registry, error, limit.aborted ? timeout : undefined);
  }
}

/** A token may be for reading only, or have run out: then the registry's new challenge counts. */
async function send(
  { registry, path, method, headers, body }: Question,
  signal: AbortSignal,
  options: ClientOptions,
  authorizations: Map<string, string>,
): Promise<Response> {
  const plain = isLoopback(registry) || options.insecure?.includes(registry);
  // Docker Hub's API has never been at the name that its images carry.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const url = `${plain ? 'http' : 'https'}://${host}${path}`;
  const repository = `${registry}${path.replace(/\/(?:manifests|blobs)\/[^/]+$/, '')}`;
  const known = authorizations.get(repository);
  const init = { method, body: body && new Uint8Array(body), signal };
  const response = await fetch(url, { ...init, headers: { ...headers, ...(known && { authorization: known }) } });
  if (response.status !== 401) return response;
  const challenge = response.headers.get('www-authenticate') ?? '';
  const authorization = await authorize(challenge, await options.credentials?.(registry), {
    insecure: options.insecure,
    signal,
  });
  if (!authorization || authorization === known) return response;
  await response.body?.cancel();
  authorizations.set(repository, authorization);
  return fetch(url, { ...init, headers: { ...headers, authorization } });
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > longestBody) throw new EngineError('registry', `${new URL(response.url).host} answers without end`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refusedHint({ registry, method }: Question): string {
  const right = method === 'PUT' ? 'push to' : 'read';
  return `Log in to ${registry} with an account that may ${right} the repository.`;
}

function unreachable(registry: string, cause: unknown, timeout?: number): EngineError {
  const why = timeout === undefined ? innermostMessage(cause) : `no answer within ${Math.ceil(timeout / 1000)} s`;
  const error = new EngineError('registry', `${registry} cannot be reached: ${why}`, {
    hint: unreachableHint(registry, why),
    cause,
  });
  return /ENOTFOUND|certificate|ssl|wrong version/i.test(why) ? error : markTransient(error);
}

function unreachableHint(registry: string, why: string): string {
  if (/ssl|wrong version/i.test(why)) {
    return `If ${registry} speaks plain HTTP, name it in the plugin option \`insecureRegistries\`.`;
  }
  return isLoopback(registry) ? 'Is the registry running?' : 'Check its name, and the network from here.';
}

/** `fetch failed` has its reason in the cause. */
function innermostMessage(error: unknown): string {
  let inner = error as { message?: string; code?: string; cause?: unknown };
  while (inner.cause) inner = inner.cause as typeof inner;
  const { message, code } = inner;
  return message || code || String(inner);
}
