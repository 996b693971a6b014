import type { EngineError } from '../errors.ts';

export interface Transient {
  /** Milliseconds that the registry asks to wait. */
  after?: number;
}

const marks = new WeakMap<object, Transient>();

/** Marks an error as one that may pass, for retries. */
export function markTransient(error: EngineError, transient: Transient = {}): EngineError {
  marks.set(error, transient);
  return error;
}

/** Whether trying again can help. */
export function transientFailure(error: unknown): Transient | undefined {
  return typeof error === 'object' && error !== null ? marks.get(error) : undefined;
}

/** Milliseconds that the words of an engine ask to wait, when they do: `retry-after: 5`, `Retry in 2s`. */
export function retryAfter(text: string): number | undefined {
  const seconds = /retry[- ](?:after|in)["':= ]*(\d+)/i.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** Milliseconds of a `Retry-After` header: seconds or a date (RFC 9110, section 10.2.3). */
export function retryAfterHeader(value: string | null, now = Date.now()): number | undefined {
  if (!value) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
