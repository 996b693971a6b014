import { styleText } from 'node:util';
import type { CodedError } from './coded-error.ts';
import type { Diagnostic, Problem } from './diagnostic.ts';
import { concealCredentials } from './conceal.ts';
import { codeFrame, printable } from './frame.ts';
import { sortDiagnostics } from './sort.ts';

/** Nobody reads more, and a megabyte of errors would become a hundred of text. */
const MAX_SHOWN = 200;

export interface FormatOptions {
  /** Use ANSI colours. Default: no. */
  color?: boolean;
}

/**
 * Formats diagnostics: sorted, each as `file:line:column  error  code  message`, with a code frame if the source is
 * known, and a hint if there is one. Never shows credentials. `readSource` returns the text of a file.
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
  const more = sorted.length - MAX_SHOWN;
  return sorted
    .slice(0, MAX_SHOWN)
    .map((diagnostic) => formatDiagnostic(diagnostic, linesOf(diagnostic.file), options))
    .concat(more > 0 ? [`... and ${more} more`] : [])
    .join('\n\n');
}

/** A problem without a source: `place  error  code  message`, and a hint if there is one. */
export function formatProblem(problem: Problem, place?: string, options: FormatOptions = {}): string {
  return [headline(problem, place, options), ...hintOf(problem)].join('\n');
}

/** An error in the format of diagnostics; the last lines of a failed command are below it, after `|`. */
export function formatError(error: CodedError, place = error.place): string {
  const { code, hint, output } = error;
  // A message may end with the words of an engine, on several lines.
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
