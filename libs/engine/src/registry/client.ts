import { createHash } from 'node:crypto';
import { EngineError } from '../errors.ts';
import { retry } from '../process/retry.ts';
import type { Clock, RetryPolicy } from '../process/retry.ts';
import { authorize } from './authorization.ts';
import type { Credentials } from './credentials.ts';
import { isLoopback, parseReference } from './reference.ts';
import { responseError } from './response.ts';
import { markTransient, transientFailure } from './transient.ts';

/** All four, or an old registry converts the image to schema 1 and answers with the digest of that. */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const policy: RetryPolicy = { tries: 5, total: 60_000, wait: 500, longestWait: 10_000 };
const requestTimeout = 20_000;

export interface ClientOptions {
  clock?: Clock;
  signal?: AbortSignal;
}

/**
 * The digest of the manifest or index that a registry has under a reference (OCI distribution specification, "Pulling
 * manifests"); undefined when it has none. Plain HTTP is spoken to registries on this machine only.
 *
 * @throws EngineError `unauthorized`, or `registry` when it cannot be reached or has trouble for a minute
 */
export async function manifestDigest(
  reference: string,
  auth?: Credentials,
  options: ClientOptions = {},
): Promise<string | undefined> {
  const { repository, tag = 'latest', digest } = parseReference(reference);
  const path = `/v2/${repository}/manifests/${digest ?? tag}`;
  const head = await ask(reference, path, 'HEAD', auth, options);
  if (!head) return undefined;
  const named = head.headers.get('docker-content-digest');
  if (named) return named;
  const whole = await ask(reference, path, 'GET', auth, options);
  return (
    whole &&
    `sha256:${createHash('sha256')
      .update(Buffer.from(await whole.arrayBuffer()))
      .digest('hex')}`
  );
}

async function ask(
  reference: string,
  path: string,
  method: string,
  auth: Credentials | undefined,
  options: ClientOptions,
) {
  return retry((remaining) => askOnce(reference, path, method, auth, remaining, options.signal), {
    policy,
    transient: transientFailure,
    clock: options.clock,
    signal: options.signal,
  });
}

async function askOnce(
  reference: string,
  path: string,
  method: string,
  auth: Credentials | undefined,
  remaining: number,
  signal: AbortSignal | undefined,
): Promise<Response | undefined> {
  const { registry } = parseReference(reference);
  const timeout = AbortSignal.timeout(Math.min(remaining, requestTimeout));
  const init = {
    method,
    headers: { accept: manifestTypes },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  let response: Response;
  try {
    response = await fetchFrom(registry, path, init, auth);
  } catch (error) {
    if (error instanceof EngineError) throw error;
    throw unreachable(registry, error);
  }
  if (response.ok) return response;
  if (response.status === 404) return undefined;
  throw await responseError(
    `${registry} was asked for ${reference}`,
    response,
    `Log in to ${registry} with an account that may read the repository.`,
  );
}

async function fetchFrom(registry: string, path: string, init: RequestInit, auth: Credentials | undefined) {
  // Docker Hub's API has never been at the name that its images carry.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const url = `${isLoopback(registry) ? 'http' : 'https'}://${host}${path}`;
  const response = await fetch(url, init);
  if (response.status !== 401) return response;
  const authorization = await authorize(response.headers.get('www-authenticate') ?? '', auth, init.signal ?? undefined);
  if (!authorization) return response;
  await response.body?.cancel();
  return fetch(url, { ...init, headers: { ...init.headers, authorization } });
}

function unreachable(registry: string, cause: unknown): EngineError {
  const why = innermostMessage(cause);
  const error = new EngineError('registry', `${registry} cannot be reached: ${why}`, {
    hint: isLoopback(registry) ? 'Is the registry running?' : 'Check its name, and the network from here.',
    cause,
  });
  return /ENOTFOUND|certificate/i.test(why) ? error : markTransient(error);
}

/** `fetch failed` has its reason in the cause. */
function innermostMessage(error: unknown): string {
  let inner = error as { message?: string; code?: string; cause?: unknown };
  while (inner.cause) inner = inner.cause;
  const { message, code } = inner;
  return message || code || String(inner);
}
