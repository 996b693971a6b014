import { setTimeout as delay } from 'node:timers/promises';

/** The time source of retries and waits; tests replace it. Milliseconds. */
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

/** Timers take 31 bits; a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/**
 * Milliseconds that every timer of Node accepts: whole, above 0 and below 25 days. `AbortSignal.timeout` throws a
 * RangeError for fractions, and time differences are fractions.
 */
export function wholeMilliseconds(milliseconds: number): number {
  return Math.min(longest, Math.max(1, Math.floor(milliseconds) || 1));
}

/** A signal that aborts after that time at the latest. */
export function timeLimit(milliseconds: number): AbortSignal {
  return AbortSignal.timeout(wholeMilliseconds(milliseconds));
}
