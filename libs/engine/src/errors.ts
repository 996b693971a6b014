import { CodedError, type DiagnosticCode, type ErrorDetails } from '@nx-image-matrix/diagnostics';

interface EngineErrorDetails extends ErrorDetails {
  status?: number;
}

/** What went wrong with a container engine or a registry, in one sentence; never holds a password. */
export class EngineError extends CodedError {
  override readonly name = 'EngineError';
  /** Of a registry's answer, where that is what went wrong. */
  readonly status?: number;

  constructor(code: DiagnosticCode, message: string, details: EngineErrorDetails = {}) {
    super(code, message, details);
    this.status = details.status;
  }
}
