export type { Diagnostic, DiagnosticCode, Position, Severity } from './diagnostic.ts';
export { isVariableName, VARIABLE_NAME, looksLikeCredential } from './credentials.ts';
export { formatDiagnostics } from './format.ts';
export { printable } from './frame.ts';
export { sortDiagnostics } from './sort.ts';
export { isOneSlip, suggest } from './suggest.ts';
