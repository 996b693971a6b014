import { styleText } from 'node:util';
import type { Diagnostic } from './diagnostic.ts';
import { concealCredentials } from './conceal.ts';
import { codeFrame, printable } from './frame.ts';
import { sortDiagnostics } from './sort.ts';

/** Nobody reads more, and a megabyte of mistakes would make a hundred of text. */
const MOST = 200;

export interface FormatOptions {
  /** With ANSI colours; without by default. */
  color?: boolean;
}

/**
 * Diagnostics for people: sorted, each as `file:line:column  error  code  message`, a code frame where the source is
 * known, and a hint where there is one. Credentials never show. `readSource` gives the text of a file.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  readSource: (file: string) => string | undefined,
  options: FormatOptions = {},
): string {
  const sources = new Map<string, string[]>();
  const linesOf = (file: string): string[] => {
    const known = sources.get(file) ?? readLines(file, diagnostics, readSource);
    sources.set(file, known);
    return known;
  };
  const sorted = sortDiagnostics(diagnostics);
  const more = sorted.length - MOST;
  return sorted
    .slice(0, MOST)
    .map((diagnostic) => formatDiagnostic(diagnostic, linesOf(diagnostic.file), options))
    .concat(more > 0 ? [`... and ${more} more`] : [])
    .join('\n\n');
}

function formatDiagnostic(diagnostic: Diagnostic, lines: readonly string[], { color = false }: FormatOptions): string {
  const { file, line, column, severity, code, message, hint } = diagnostic;
  const label = color
    ? styleText(severity === 'error' ? 'red' : 'yellow', severity, { validateStream: false })
    : severity;
  const frame = codeFrame(lines, diagnostic).map((text) =>
    color ? styleText('dim', text, { validateStream: false }) : text,
  );
  return [
    `${printable(file)}:${line}:${column}  ${label}  ${code}  ${printable(message)}`,
    ...frame,
    ...(hint ? [`hint: ${printable(hint)}`] : []),
  ].join('\n');
}

function readLines(
  file: string,
  diagnostics: readonly Diagnostic[],
  readSource: (file: string) => string | undefined,
): string[] {
  const source = readSource(file);
  if (source === undefined) return [];
  const lines = source.replace(/^\ufeff/, '').split(/\r?\n/);
  return concealCredentials(
    lines,
    diagnostics.filter((diagnostic) => diagnostic.file === file),
  );
}
