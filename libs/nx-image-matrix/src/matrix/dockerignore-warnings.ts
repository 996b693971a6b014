import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { BadRule } from '../build-context/rules.ts';

/** Most lines to report; a file with more is not an ignore file. */
const MAX_WARNINGS = 20;
/** Characters of a line to quote. */
const QUOTED = 80;

/** A warning for each line of a `.dockerignore` (a path of the workspace) that Docker rejects. */
export function dockerignoreWarnings(bad: readonly BadRule[], file: string): Diagnostic[] {
  return bad.slice(0, MAX_WARNINGS).map(({ line, text }, index) => {
    const others = bad.length - MAX_WARNINGS;
    const more = index === MAX_WARNINGS - 1 && others > 0 ? ` ${others} more lines are like it.` : '';
    return {
      code: 'bad-ignore-rule',
      severity: 'warning',
      file,
      line,
      column: 1,
      message: `\`${shortened(text)}\` is not a pattern that Docker accepts, so builds that copy files of this context fail.${more}`,
      hint: hintFor(text),
    };
  });
}

function shortened(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED)}...` : text;
}

function hintFor(text: string): string {
  if (text === '!') return 'name after `!` what is let in again, or remove the line';
  if (text.includes('['))
    return 'close the `[` with a `]` that has characters before it, or write `\\[` for the character itself';
  if (text.endsWith('\\')) return 'remove the backslash at the end: `/` separates folders';
  return 'correct the line, or remove it: https://docs.docker.com/build/concepts/context/#dockerignore-files';
}
