import { expand } from './expand.ts';
import type { Value } from './expand.ts';
import type { ContextSource, ImageReference, Stage } from './facts.ts';
import type { Instruction, Problem } from './instructions.ts';
import { globalScope } from './scope.ts';
import type { Scope } from './scope.ts';

/** What has been read of a Dockerfile so far. */
export interface Reading {
  /** Values for build arguments. */
  readonly given: Readonly<Record<string, string>>;
  readonly escape: string;
  readonly globals: Scope;
  readonly stages: (Stage & { scope: Scope })[];
  readonly references: ImageReference[];
  readonly origins: Origin[];
  readonly sources: ContextSource[];
  readonly args: Set<string>;
  readonly problems: Problem[];
}

/** Something that `COPY --from` or `RUN --mount=from=` names: a stage or an image, which only the whole file can tell. */
export interface Origin {
  name: Value;
  kind: 'COPY' | 'RUN';
  instruction: Instruction;
}

export function beginReading(given: Readonly<Record<string, string>>, escape: string): Reading {
  return {
    given,
    escape,
    globals: globalScope(),
    stages: [],
    references: [],
    origins: [],
    sources: [],
    args: new Set(),
    problems: [],
  };
}

/** The variables that the next instruction sees. */
export function currentScope(reading: Reading): Scope {
  return reading.stages.at(-1)?.scope ?? reading.globals;
}

/** The value of a word here. `undefined`: it has none, and that has been noted. */
export function resolveWord(
  reading: Reading,
  instruction: Instruction,
  word: string,
  scope = currentScope(reading),
): Value | undefined {
  const value = expand(word, scope, reading.escape);
  if (value === undefined) report(reading, instruction, `\`${word}\` has a quote or brace that is never closed`);
  return value;
}

export function report(reading: Reading, { line, column }: Instruction, message: string): void {
  reading.problems.push({ line, column, message });
}
