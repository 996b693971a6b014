import type { EngineError } from '../errors.ts';

export interface Transient {
  /** Milliseconds that the registry asks to wait. */
  after?: number;
}

const marks = new WeakMap<object, Transient>();

/** Marks an error as transient, for retries. */
export function markTransient(error: EngineError, transient: Transient = {}): EngineError {
  marks.set(error, transient);
  return error;
}

/** Whether another try can help. */
export function transientFailure(error: unknown): Transient | undefined {
  return typeof error === 'object' && error !== null ? marks.get(error) : undefined;
}

/**
 * Go formats durations as `643.457µs` or `1m30s` (https://pkg.go.dev/time#Duration.String); a bare number is seconds.
 */
const asksToWait = /retry[- ]?(?:after|in)["':= ]*((?:\d+(?:\.\d+)?(?:ns|us|µs|μs|ms|s|m|h)?)+)/i;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)?/gi;
const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds to wait according to an engine's output, if any: `retry-after: 5`, `Retry in 2s`. */
export function retryAfter(text: string): number | undefined {
  const asked = asksToWait.exec(text)?.[1];
  if (asked === undefined) return undefined;
  let milliseconds = 0;
  for (const [, number, unit = 's'] of asked.matchAll(part)) {
    milliseconds += Number(number) * (units[unit.toLowerCase()] ?? 0);
  }
  return Math.ceil(milliseconds);
}

/** The three date formats of HTTP (RFC 9110, section 5.6.7), and nothing else that `Date.parse` accepts. */
const httpDate =
  /^(?:\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\w{6,9}, \d\d-\w{3}-\d\d \d\d:\d\d:\d\d GMT|\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/**
 * Milliseconds of a `Retry-After` header: seconds or a date (RFC 9110, section 10.2.3); `undefined` for anything else.
 */
export function retryAfterHeader(value: string | null | undefined, now = Date.now()): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  if (!httpDate.test(text)) return undefined;
  const date = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
