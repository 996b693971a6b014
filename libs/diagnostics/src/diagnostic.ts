import type { DiagnosticCode } from './codes.ts';

export type Severity = 'error' | 'warning';

/** A place in a text file: lines and columns count from 1, columns in UTF-16 units. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** What is wrong, wherever that is. */
export interface Problem {
  code: DiagnosticCode;
  severity: Severity;
  /** One sentence that quotes what was found. */
  message: string;
  /** What to do about it, when that is known. */
  hint?: string;
}

export interface Diagnostic extends Position, Problem {
  /** What stands at this place may be a credential: no code frame shows it. */
  conceal?: true;
}
