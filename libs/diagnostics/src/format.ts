import { styleText } from 'node:util';
import type { CodedError } from './coded-error.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
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

/** A problem without a source: `place  error  code  message`, and a hint where there is one. */
export function formatProblem(problem: Problem, place?: string, options: FormatOptions = {}): string {
  return [headline(problem, place, options), ...hintOf(problem)].join('\n');
}

/** An error as diagnostics are shown; the last words of what failed are below it, behind `|`. */
export function formatError(error: CodedError, place = error.place): string {
  const { code, hint, output } = error;
  // Where a message ends with what an engine said, that may have several lines.
  const [message = '', ...more] = error.message.split('\n');
  const below = [...more, ...(output ? [output] : [])].join('\n').replace(/^(?=.)/gm, '  | ');
  const text = formatProblem({ code, severity: 'error', message, hint }, place);
  return below ? `${text}\n${below}` : text;
}

function formatDiagnostic(diagnostic: Diagnostic, lines: readonly string[], options: FormatOptions): string {
  const { file, line, column } = diagnostic;
  const frame = codeFrame(lines, diagnostic).map((text) =>
    options.color ? styleText('dim', text, { validateStream: false }) : text,
  );
  return [headline(diagnostic, `${file}:${line}:${column}`, options), ...frame, ...hintOf(diagnostic)].join('\n');
}

function headline({ severity, code, message }: Problem, place: string | undefined, { color = false }: FormatOptions) {
  const label = color
    ? styleText(severity === 'error' ? 'red' : 'yellow', severity, { validateStream: false })
    : severity;
  return [...(place === undefined ? [] : [printable(place)]), label, code, printable(message)].join('  ');
}

function hintOf({ hint }: Problem): string[] {
  return hint ? [`hint: ${printable(hint)}`] : [];
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
