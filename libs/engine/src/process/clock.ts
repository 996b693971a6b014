import { setTimeout as delay } from 'node:timers/promises';

/** Time as retries and waits see it; tests bring their own. Milliseconds. */
export interface Clock {
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => delay(wholeMilliseconds(milliseconds), undefined, { signal }),
  random: Math.random,
};

/** Timers take 31 bits; a longer one would end at once. */
const longest = 2 ** 31 - 1;

/**
 * Milliseconds as every timer of Node takes them: whole, above 0 and below 25 days. `AbortSignal.timeout` throws a
 * RangeError for a fraction, and differences of a clock are fractions.
 */
export function wholeMilliseconds(milliseconds: number): number {
  return Math.min(longest, Math.max(1, Math.floor(milliseconds) || 1));
}

/** A signal that aborts after that time at the latest. */
export function timeLimit(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(wholeMilliseconds(milliseconds));
}
