import { expand } from './expand.ts';
import type { Value } from './expand.ts';
import type { ContextSource, Entitlement, ImageReference, RunMount, Stage } from './facts.ts';
import type { Instruction, Problem } from './instructions.ts';
import { globalScope } from './scope.ts';
import type { Heritage, Scope } from './scope.ts';

/** What an external image passes on, if its Dockerfile has been read. */
export type HeritageOf = (reference: string) => Heritage | undefined;

/** The state of reading a Dockerfile. */
export interface Reading {
  /** Values for build arguments. */
  readonly given: Readonly<Record<string, string>>;
  readonly escape: string;
  readonly heritageOf: HeritageOf;
  readonly globals: Scope;
  /** Names of the arguments before the first stage. */
  readonly globalArgs: string[];
  readonly stages: StageReading[];
  readonly problems: Problem[];
}

/** The state of reading one stage. */
export interface StageReading extends Stage {
  readonly scope: Scope;
  /** The stages that it may start from. */
  readonly parents: readonly StageReading[];
  /** The external image that it starts from. */
  readonly image?: ImageReference;
  readonly origins: Origin[];
  readonly sources: ContextSource[];
  readonly mounts: RunMount[];
  readonly entitlements: Entitlement[];
  readonly args: string[];
  /** The texts of its `ONBUILD` instructions. */
  readonly triggers: string[];
}

/** A name in `COPY --from` or `RUN --mount=from=`: a stage or an image, which is known only at the end of the file. */
export interface Origin {
  name: Value;
  /** As written. */
  word: string;
  kind: 'COPY' | 'RUN';
  instruction: Instruction;
}

export function beginReading(given: Readonly<Record<string, string>>, escape: string, heritageOf: HeritageOf): Reading {
  return {
    given,
    escape,
    heritageOf,
    globals: globalScope(),
    globalArgs: [],
    stages: [],
    problems: [],
  };
}

/** The stage of the next instruction; `undefined` before the first stage. */
export function currentStage(reading: Reading): StageReading | undefined {
  return reading.stages.at(-1);
}

/** The variables visible to the next instruction. */
export function currentScope(reading: Reading): Scope {
  return currentStage(reading)?.scope ?? reading.globals;
}

/** The value of a word here. `undefined` if it has none; that has been reported. */
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
