import { EngineError } from '../errors.ts';
import { waitLimit } from '../process/clock.ts';
import type { Clock } from '../process/clock.ts';
import { retry, retryNote, withTries } from '../process/retry.ts';
import type { RetryPolicy } from '../process/retry.ts';
import { exchange, writes } from './exchange.ts';
import type { Account, ExchangeContext, RegistryRequest, RegistryResponse } from './exchange.ts';
import { doubtful, givenUp, remember, runMemory } from './reachability.ts';
import type { RunMemory } from './run-memory.ts';
import { responseError } from './response.ts';
import { transientFailure } from './transient.ts';
import { NoAnswer, unreachable } from './unreachable.ts';

export interface ClientOptions extends Account {
  /** Changes to the default policy: 5 tries within a minute, 20 s for each. */
  policy?: Partial<RetryPolicy & { request: number }>;
  /** What the run knows about registries so far. */
  memory?: RunMemory;
  clock?: Clock;
  signal?: AbortSignal;
}

/** Sends a request to a registry; `undefined` if what it reads is not there (404). @throws EngineError */
export type Send = (request: RegistryRequest) => Promise<RegistryResponse | undefined>;

/** The same as for pushes: waits of 3 to 6 s. */
const defaultPolicy = { tries: 5, total: 60_000, wait: 500, longestWait: 2_000, request: 20_000 };

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
      ...(request.once && { tries: 1 }),
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
          onRetry: (...retried) => options.onNote?.(retryNote(policy, ...retried)),
          giveUp: withTries,
        },
      );
      memory.silent.delete(registry);
      return answer;
    } catch (error) {
      // A connection that is refused at once may be a registry that restarts; retrying costs nothing.
      const ours = error instanceof NoAnswer && error.registry === registry;
      const counts = ours && (error.slow || tries > 1) && !options.signal?.aborted;
      if (counts) remember(registry, error, tries, memory);
      throw error;
    }
  };
}

interface Context extends ClientOptions, ExchangeContext {
  memory: RunMemory;
}

async function sendOnce(
  request: RegistryRequest,
  timeout: number,
  context: Context,
): Promise<RegistryResponse | undefined> {
  const limit = waitLimit();
  const failed = (error: unknown): EngineError => {
    if (error instanceof EngineError) return error;
    if (context.signal?.aborted) return new EngineError('interrupted', `${request.what}: interrupted`);
    return unreachable(request.registry, error, limit.expired);
  };
  const signal = context.signal ? AbortSignal.any([context.signal, limit.signal]) : limit.signal;
  limit.start(timeout);
  try {
    const { answer, secret, problem } = await exchange(request, { signal, limit, timeout, failed }, context);
    if (answer.status >= 200 && answer.status < 300) {
      request.check?.(answer);
      return answer;
    }
    if (answer.status === 404 && !writes(request)) return undefined;
    const { registry, repository, path, fallback } = request;
    const place = { registry, repository, tag: path.split('/').at(-1) };
    throw responseError(request.what, answer, { hint: problem ?? refusedHint(request), place, fallback, secret });
  } catch (error) {
    throw failed(error);
  } finally {
    limit.stop();
  }
}

function refusedHint(request: RegistryRequest): string {
  const { registry, method } = request;
  const right = method === 'DELETE' ? 'delete from' : writes(request) ? 'push to' : 'read';
  return `log in to ${registry} with an account that may ${right} the repository`;
}
