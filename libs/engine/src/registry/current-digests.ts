import { registryOf } from '@nx-image-matrix/manifest/reference';
import { EngineError } from '../errors.ts';
import { systemClock } from '../process/clock.ts';
import type { Clock } from '../process/clock.ts';
import { mapLimited } from '../process/map-limited.ts';
import { registryClient } from './client.ts';
import type { RegistryClient } from './client.ts';
import { referenceInMirror } from './mirror.ts';
import type { Mirror } from './mirror.ts';
import { runMemory } from './reachability.ts';
import type { RunMemory } from './run-memory.ts';
import type { ClientOptions } from './transport.ts';

/** What a registry has for a reference: a digest, nothing of that name, or an error instead of an answer. */
export type CurrentDigest = { digest: string } | { missing: true } | { error: EngineError };

export interface DigestOptions extends Pick<ClientOptions, 'credentials' | 'insecure' | 'environment' | 'signal'> {
  /** Asked in the place of registries, in this order; the registry itself is asked if none of them has the image. */
  mirrors?: ReadonlyMap<string, readonly Mirror[]>;
  /** Called when a registry, or a mirror in its place, has answered for one of its references or has failed to. */
  onAnswer?: (registry: string) => void;
  /** Called with a line for each retry, and for a login that cannot be looked up. */
  onNote?: (registry: string, line: string) => void;
  /** Called when a mirror has failed, and the registry itself is asked. */
  onMirrorFailed?: (mirror: Mirror, error: EngineError) => void;
  /** Changes to the default policy: 3 tries of 10 s within a minute. */
  policy?: ClientOptions['policy'];
  clock?: Clock;
}

/** Questions at once to one registry. */
const atOnce = 8;
const registriesAtOnce = 32;
/** Milliseconds; a `Retry-After` may ask for up to `total`. */
const defaultPolicy = { tries: 3, total: 60_000, request: 10_000 };
/** Milliseconds in which a registry gets new questions. */
const patience = 120_000;

/**
 * The digests that references have now in their registries, by reference: that of the index where there is one. Every
 * reference has an entry. A registry that limits the rate, or that does not answer, is not asked any further. Each
 * registry and each mirror gets its own login, and no other.
 *
 * @throws EngineError `interrupted`
 */
export async function currentDigests(
  references: readonly string[],
  options: DigestOptions = {},
): Promise<Map<string, CurrentDigest>> {
  const found = new Map<string, CurrentDigest>();
  const { mirrors, onAnswer } = options;
  const known: Known = { memory: runMemory(), limits: new AskingLimits(options.clock ?? systemClock) };
  await mapLimited([...byRegistry(references)], registriesAtOnce, async ([registry, ofRegistry]) => {
    const inquiry = { registry, client: clientFor(registry, options, known), options, ...known };
    await mapLimited(ofRegistry, atOnce, async (reference) => {
      found.set(reference, await digestNow(reference, mirrors?.get(registry) ?? [], inquiry));
      onAnswer?.(registry);
    });
  });
  return found;
}

/** What is known about registries and mirrors after some questions. */
interface Known {
  memory: RunMemory;
  limits: AskingLimits;
}

interface Inquiry extends Known {
  registry: string;
  client: RegistryClient;
  options: DigestOptions;
}

function byRegistry(references: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const reference of new Set(references)) {
    const registry = registryOf(reference);
    groups.set(registry, [...(groups.get(registry) ?? []), reference]);
  }
  return groups;
}

function clientFor(registry: string, options: DigestOptions, { memory }: Known): RegistryClient {
  const { credentials, environment, signal, clock, insecure = [], mirrors, onNote } = options;
  const plain = (mirrors?.get(registry) ?? []).filter(({ plainHttp }) => plainHttp);
  return registryClient({
    credentials,
    environment,
    signal,
    clock,
    memory,
    insecure: [...insecure, ...plain.map((mirror) => mirror.registry)],
    policy: { ...defaultPolicy, ...options.policy },
    onNote: (line) => onNote?.(registry, line),
  });
}

async function digestNow(reference: string, mirrors: readonly Mirror[], inquiry: Inquiry): Promise<CurrentDigest> {
  const failed: string[] = [];
  for (const mirror of mirrors) {
    const answer = await ask(referenceInMirror(mirror, reference), mirror.registry, inquiry);
    if ('digest' in answer) return answer;
    failed.push('missing' in answer ? `${mirror.registry} does not have it` : answer.error.message);
    if ('error' in answer) inquiry.options.onMirrorFailed?.(mirror, answer.error);
  }
  const answer = await ask(reference, inquiry.registry, inquiry);
  return 'error' in answer && failed.length > 0 ? { error: afterMirrors(answer.error, failed) } : answer;
}

async function ask(reference: string, server: string, { client, limits, options }: Inquiry): Promise<CurrentDigest> {
  const refusal = limits.refusal(server);
  if (refusal) return { error: refusal };
  try {
    const digest = await client.digest(reference);
    return digest === undefined ? { missing: true } : { digest };
  } catch (error) {
    if (!(error instanceof EngineError) || options.signal?.aborted) throw error;
    if (error.code === 'unauthorized') return { error: refused(error) };
    if (error.status !== 429) return { error };
    const limited = rateLimited(server, error);
    limits.stop(server, limited);
    return { error: limited };
  }
}

/** Docker Hub and others answer the same for an image that does not exist, so that nobody learns what does. */
function refused({ code, message, hint, output, status }: EngineError): EngineError {
  const check = 'check the name too: registries say the same of an image that they do not have';
  return new EngineError(code, message, { hint: hint ? `${hint}; ${check}` : check, output, status });
}

/** When a server gets no further questions. */
class AskingLimits {
  readonly #clock: Clock;
  readonly #ends = new Map<string, number>();
  readonly #stopped = new Map<string, EngineError>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  refusal(server: string): EngineError | undefined {
    const error = this.#stopped.get(server);
    if (error) {
      const message = `${error.message}; it is not asked again in this run`;
      return new EngineError(error.code, message, { hint: error.hint, status: error.status });
    }
    const now = this.#clock.now();
    const end = this.#ends.get(server) ?? now + patience;
    this.#ends.set(server, end);
    if (now <= end) return undefined;
    return new EngineError('timeout', `${server} has not answered everything within ${patience / 1000} s`, {
      hint: 'try again later; lines that are right already stay',
    });
  }

  stop(server: string, error: EngineError): void {
    if (!this.#stopped.has(server)) this.#stopped.set(server, error);
  }
}

function rateLimited(server: string, { code, message, output, status }: EngineError): EngineError {
  const hint = `${server} limits how often it is asked: log in to it, name a mirror in the plugin option \`mirrors\`, or try again later`;
  return new EngineError(code, message, { hint, output, status });
}

function afterMirrors(error: EngineError, failed: readonly string[]): EngineError {
  const { code, hint, output, status } = error;
  const message = [error.message, ...failed.map((words) => `before that, ${words}`)].join('; ');
  return new EngineError(code, message, { hint, output, status });
}
