import { setTimeout as delay } from 'node:timers/promises';

/** Time as retries see it; tests bring their own. Milliseconds. */
export interface Clock {
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export interface RetryPolicy {
  /** How often at most, the first time included. */
  tries: number;
  /** Milliseconds for all tries and waits together. */
  total: number;
  /** Milliseconds: the longest first wait; it doubles with each try. */
  wait: number;
  /** Milliseconds: no wait is longer, unless the other side asks for it. */
  longestWait: number;
}

export interface Retry {
  policy: RetryPolicy;
  /** Whether trying again can help, and how long to wait at least (milliseconds). */
  transient(error: unknown): { after?: number } | undefined;
  onRetry?(error: unknown, wait: number, next: number): void;
  /** The error to end with, given the last one and the number of tries. */
  giveUp?(error: unknown, tries: number): unknown;
  clock?: Clock;
  signal?: AbortSignal;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};

/**
 * Does a task until it succeeds, fails for good, or the policy is used up; the last error is thrown then. The task
 * gets the milliseconds that are left.
 */
export async function retry<T>(task: (remaining: number) => Promise<T>, options: Retry): Promise<T> {
  const { policy, clock = systemClock } = options;
  const end = clock.now() + policy.total;
  for (let count = 1; ; count++) {
    try {
      return await task(Math.max(1, end - clock.now()));
    } catch (error) {
      const transient = options.transient(error);
      const giveUp = (): unknown => options.giveUp?.(error, count) ?? error;
      if (!transient || count >= policy.tries || options.signal?.aborted) throw giveUp();
      const wait = Math.max(backOff(count, policy, clock), transient.after ?? 0);
      if (clock.now() + wait >= end) throw giveUp();
      options.onRetry?.(error, wait, count + 1);
      try {
        await clock.sleep(wait, options.signal);
      } catch {
        throw giveUp();
      }
    }
  }
}

/** For `giveUp`: the same error, whose message says how often it was tried. */
export function withTries(error: unknown, tries: number): unknown {
  if (error instanceof Error && tries > 1) error.message += ` (${tries} tries)`;
  return error;
}

/** Between half and all of a wait that doubles, so that many pushes do not come back at the same moment. */
function backOff(count: number, { wait, longestWait }: RetryPolicy, clock: Clock): number {
  const longest = Math.min(longestWait, wait * 2 ** (count - 1));
  return longest * (0.5 + clock.random() / 2);
}
