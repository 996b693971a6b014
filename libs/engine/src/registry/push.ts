import type { PushedImage, PushOptions } from '../engine.ts';
import { EngineError } from '../errors.ts';
import { systemClock } from '../process/clock.ts';
import type { Clock } from '../process/clock.ts';
import { retry, retryNote, withTries } from '../process/retry.ts';
import { messageOf } from '../unknown.ts';
import { registryClient } from './client.ts';
import { findCredentials, SilentHelper } from './credentials.ts';
import { registryError } from './failure.ts';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { ClientOptions } from './transport.ts';
import { markTransient, transientFailure } from './transient.ts';

/** One try: runs the engine's own push, and returns its output. */
type PushAttempt = (timeout: number) => Promise<{ ok: boolean; lines: string[]; pushed?: PushedImage }>;

export interface PushJob extends PushOptions {
  attempt: PushAttempt;
  /** Where to look up logins: `DOCKER_CONFIG` is that of the session if it has a login for this registry. */
  environment: NodeJS.ProcessEnv;
  clock?: Clock;
  /** Reads the digest of a reference from the registry; tests replace it. */
  ask?: (reference: string, options: ClientOptions) => Promise<string | undefined>;
}

/**
 * The default policy. A reference that always fails is given up after waits of 3 to 6 s: enough for a registry that
 * restarts, and a run that cannot succeed ends within 10 s. `Retry-After` may ask for more.
 */
export const pushPolicy = { tries: 5, wait: 500, longestWait: 2_000, total: 30 * 60_000 };

/**
 * Pushes one reference: retries transient errors (5xx, 429, resets, timeouts), then verifies the digest in the
 * registry.
 *
 * @throws EngineError `push-failed`, `unauthorized`, `not-found`, `timeout`, `interrupted`
 */
export async function pushWithRetries(reference: string, job: PushJob): Promise<PushedImage> {
  const { tries = pushPolicy.tries, wait = pushPolicy.wait, timeout = pushPolicy.total } = job;
  const note = job.onNote ?? job.onLine;
  const policy = { ...pushPolicy, tries, wait, total: timeout };
  await refuseSilentHelper(reference, job);
  const pushed = await retry((remaining) => pushOnce(reference, job, remaining), {
    policy,
    transient: transientFailure,
    clock: job.clock,
    signal: job.signal,
    onRetry: (...retried) => note(retryNote(policy, ...retried)),
    giveUp: withTries,
  });
  return verify(reference, pushed, { ...job, onLine: note });
}

/** The engine would run the same credential helper, and wait for it. */
async function refuseSilentHelper(reference: string, { environment, memory }: PushJob): Promise<void> {
  try {
    await findCredentials(registryOf(reference), environment, memory);
  } catch (error) {
    if (!(error instanceof SilentHelper)) return;
    throw new EngineError('unauthorized', `${reference} was not pushed: ${error.message}`, { hint: error.hint });
  }
}

async function pushOnce(reference: string, job: PushJob, remaining: number): Promise<PushedImage | undefined> {
  const { ok, lines, pushed } = await job.attempt(remaining);
  if (ok) return pushed;
  const error = registryError(`${reference} was not pushed`, reference, lines, { fallback: 'push-failed' });
  const transient = transientFailure(error);
  if (!transient || transient.after !== undefined) throw error;
  throw markTransient(error, { after: await askedToWait(reference, job) });
}

/** Engines do not print `Retry-After`, but the registry sends it again when asked. */
async function askedToWait(reference: string, job: PushJob): Promise<number | undefined> {
  try {
    await digestThere(reference, job, { policy: { tries: 1, request: 5_000 } });
    return undefined;
  } catch (error) {
    return transientFailure(error)?.after;
  }
}

/** If a registry cannot be reached from here (a remote engine, a proxy), the engine's result counts. */
async function verify(reference: string, pushed: PushedImage | undefined, job: PushJob): Promise<PushedImage> {
  let found: string | undefined;
  try {
    found = await askRegistry(reference, pushed?.digest, job);
  } catch (error) {
    if (!pushed) throw error;
    job.onLine(`${reference} was pushed, but ${registryOf(reference)} could not be asked for it: ${messageOf(error)}`);
    return pushed;
  }
  if (found === undefined) throw lost(reference, `${registryOf(reference)} does not have it afterwards`);
  if (pushed && found !== pushed.digest) {
    throw lost(reference, `${registryOf(reference)} has ${found}, not the ${pushed.digest} that was pushed`);
  }
  return pushed ?? { digest: found };
}

/** Some registries answer from a copy that is seconds old. */
async function askRegistry(reference: string, expected: string | undefined, job: PushJob): Promise<string | undefined> {
  const { clock = systemClock } = job;
  let found: string | undefined;
  for (const wait of [0, 500, 2_000]) {
    if (wait > 0) await clock.sleep(wait);
    found = await digestThere(reference, job);
    if (found !== undefined && (expected === undefined || found === expected)) return found;
  }
  return found;
}

function digestThere(reference: string, job: PushJob, options: ClientOptions = {}): Promise<string | undefined> {
  const { ask = (name, settings) => registryClient(settings).digest(name), insecure, signal, memory } = job;
  const credentials = (registry: string) => findCredentials(registry, job.environment, memory);
  return ask(reference, { credentials, insecure, signal, memory, ...options });
}

function lost(reference: string, why: string): EngineError {
  return new EngineError('push-failed', `${reference} was pushed, but ${why}`, {
    hint: 'somebody else may be pushing the same tag; push again',
  });
}
