import { CodedError, type DiagnosticCode, type ErrorDetails } from '@nx-image-matrix/diagnostics';

interface EngineErrorDetails extends ErrorDetails {
  status?: number;
}

/** An error of a container engine or a registry, in one sentence; never contains a password. */
export class EngineError extends CodedError {
  override readonly name = 'EngineError';
  /** HTTP status of the registry, if that is the error. */
  readonly status?: number;

  constructor(code: DiagnosticCode, message: string, details: EngineErrorDetails = {}) {
    super(code, message, details);
    this.status = details.status;
  }
}
