export { assess, dayOf, type Assessment } from './accept.ts';
export { annotated } from './annotate.ts';
export { findScanner, runScanner } from './run-scanner.ts';
export { readReport, type ScannedBuild } from './report.ts';
export type { Finding, ScanLog } from './sarif.ts';
export { scanners, type Scanner, type ScanSource } from './scanners.ts';
export { severities, type Severity } from './severity.ts';
