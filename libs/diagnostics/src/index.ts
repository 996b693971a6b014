export { diagnosticCodes, type DiagnosticCode } from './codes.ts';
export { CodedError, type ErrorDetails } from './coded-error.ts';
export type { Diagnostic, Position, Severity } from './diagnostic.ts';
export { isVariableName, VARIABLE_NAME, looksLikeCredential } from './credentials.ts';
export { formatDiagnostics, formatError, formatProblem } from './format.ts';
export { forImages, moreImages } from './images.ts';
export { printable } from './frame.ts';
export { sortDiagnostics } from './sort.ts';
export { isOneSlip, suggest } from './suggest.ts';
