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

/** A limit for one wait at a time. */
export interface WaitLimit {
  /** Aborts when a wait has taken too long. */
  readonly signal: AbortSignal;
  /** Milliseconds of that wait. */
  readonly expired: number | undefined;
  /** Begins a wait, in place of the last. */
  start(milliseconds: number): void;
  /** Ends the wait. */
  stop(): void;
}

/** The limit for what may take long in all, but must not stand still. */
export function waitLimit(): WaitLimit {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let expired: number | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    start(milliseconds) {
      stop();
      timer = setTimeout(() => {
        expired = milliseconds;
        controller.abort();
      }, wholeMilliseconds(milliseconds)).unref();
    },
    stop,
  };
}
