import { messageOf } from '../unknown.ts';
import { systemClock, wholeMilliseconds } from './clock.ts';
import type { Clock } from './clock.ts';

export interface RetryPolicy {
  /** Most tries, including the first. */
  tries: number;
  /** Milliseconds for all tries and waits together. */
  total: number;
  /** Milliseconds: the longest first wait; it doubles with each try. */
  wait: number;
  /** Milliseconds: the longest wait, unless the other side asks for more. */
  longestWait: number;
  /** Milliseconds: the longest wait that the other side may ask for. Default: what is left of the total. */
  longestAsked?: number;
}

export interface Retry {
  policy: RetryPolicy;
  /** Whether another try can help, and the shortest wait before it (milliseconds). */
  transient(error: unknown): { after?: number } | undefined;
  onRetry?(error: unknown, wait: number, next: number): void;
  /** The final error, given the last one, the number of tries, and the requested wait that is too long. */
  giveUp?(error: unknown, tries: number, tooLong?: number): unknown;
  clock?: Clock;
  signal?: AbortSignal;
}

/**
 * Runs a task until it succeeds, fails permanently, or the policy is used up; then throws the last error. Passes the
 * remaining milliseconds, as an integer, to the task.
 */
export async function retry<T>(task: (remaining: number) => Promise<T>, options: Retry): Promise<T> {
  const { policy, clock = systemClock } = options;
  const { longestAsked = Infinity } = policy;
  const end = clock.now() + policy.total;
  for (let count = 1; ; count++) {
    try {
      return await task(wholeMilliseconds(end - clock.now()));
    } catch (error) {
      const transient = options.transient(error);
      const giveUp = (tooLong?: number): unknown => options.giveUp?.(error, count, tooLong) ?? error;
      if (!transient || count >= policy.tries || options.signal?.aborted) throw giveUp();
      const wait = Math.max(backOff(count, policy, clock), transient.after ?? 0);
      if (clock.now() + wait >= end || (transient.after ?? 0) > longestAsked) throw giveUp(transient.after);
      options.onRetry?.(error, wait, count + 1);
      try {
        await clock.sleep(wait, options.signal);
      } catch {
        throw giveUp();
      }
    }
  }
}

/** For `onRetry`: a line that says what failed, and when the next try is. */
export function retryNote({ tries }: RetryPolicy, error: unknown, wait: number, next: number): string {
  return `${messageOf(error)}; try ${next} of ${tries} in ${(wait / 1000).toFixed(1)} s`;
}

/** For `giveUp`: the same error, with the number of tries in its message, and how long the other side asks to wait. */
export function withTries(error: unknown, tries: number, tooLong?: number): unknown {
  const notes = [
    ...(tries > 1 ? [`${tries} tries`] : []),
    ...(tooLong === undefined ? [] : [`it wants to be left alone for ${waitInWords(tooLong)}`]),
  ];
  if (error instanceof Error && notes.length > 0) error.message += ` (${notes.join('; ')})`;
  return error;
}

function waitInWords(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  return seconds < 100_000 ? `${seconds} s` : 'more than a day';
}

/** Between half and all of a wait that doubles, so that many pushes do not retry at the same moment. */
function backOff(count: number, { wait, longestWait }: RetryPolicy, clock: Clock): number {
  const longest = Math.min(longestWait, wait * 2 ** (count - 1));
  return longest * (0.5 + clock.random() / 2);
}
