import type { DiagnosticCode } from './codes.ts';

export interface ErrorDetails {
  /** What to do about it. */
  hint?: string;
  /** The last lines of output of the command that failed. */
  output?: string;
  /** Its place in the format of diagnostics: `docker/app/Dockerfile:3:1`. */
  place?: string;
  cause?: unknown;
}

/** An error of an action, with a code of the same list. A diagnostic is an error in a text. */
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
