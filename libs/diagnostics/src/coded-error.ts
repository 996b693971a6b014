import type { DiagnosticCode } from './codes.ts';

export interface ErrorDetails {
  /** What to do about it. */
  hint?: string;
  /** The last words of whatever failed. */
  output?: string;
  /** Where it is wrong, as diagnostics say it: `docker/app/Dockerfile:3:1`. */
  place?: string;
  cause?: unknown;
}

/** What a diagnostic is to a text, this is to something that was done: an error with a code of the same list. */
export class CodedError extends Error {
  override readonly name: string = 'CodedError';
  readonly code: DiagnosticCode;
  readonly hint?: string;
  readonly output?: string;
  readonly place?: string;

  constructor(code: DiagnosticCode, message: string, { hint, output, place, cause }: ErrorDetails = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.output = output || undefined;
    this.place = place;
  }
}
