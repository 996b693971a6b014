import type { DiagnosticCode } from './codes.ts';

export type Severity = 'error' | 'warning';

/** A place in a text file: lines and columns count from 1, columns in UTF-16 code units. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** A problem, with or without a place. */
export interface Problem {
  code: DiagnosticCode;
  severity: Severity;
  /** One sentence that quotes what was found. */
  message: string;
  /** What to do about it, if known. */
  hint?: string;
}

export interface Diagnostic extends Position, Problem {
  /** The text at this place may be a credential; code frames do not show it. */
  conceal?: true;
}
