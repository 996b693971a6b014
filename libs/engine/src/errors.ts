export type EngineErrorKind =
  | 'no-engine'
  | 'daemon'
  | 'unsupported'
  | 'build-failed'
  | 'push-failed'
  | 'unauthorized'
  | 'not-found'
  | 'registry'
  | 'timeout'
  | 'interrupted'
  | 'missing-secret'
  | 'refused-secret'
  | 'command-failed';

export interface EngineErrorDetails {
  hint?: string;
  output?: string;
  cause?: unknown;
  status?: number;
}

/** What went wrong with a container engine or a registry, in one sentence; never holds a password. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: EngineErrorKind;
  /** What to do about it. */
  readonly hint?: string;
  /** The last lines that the engine or the registry said. */
  readonly output?: string;
  /** Of a registry's answer, where that is what went wrong. */
  readonly status?: number;

  constructor(kind: EngineErrorKind, message: string, details: EngineErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
    this.output = details.output || undefined;
    this.status = details.status;
  }
}
