import { expand } from './expand.ts';
import type { Value } from './expand.ts';
import type { ContextSource, Entitlement, ImageReference, RunMount, Stage } from './facts.ts';
import type { Instruction, Problem } from './instructions.ts';
import { globalScope } from './scope.ts';
import type { Heritage, Scope } from './scope.ts';

/** What an image of the outside passes on, where somebody has read its Dockerfile. */
export type HeritageOf = (reference: string) => Heritage | undefined;

/** What has been read of a Dockerfile so far. */
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

/** What has been read of one stage so far. */
export interface StageReading extends Stage {
  readonly scope: Scope;
  /** The stages that it may start from. */
  readonly parents: readonly StageReading[];
  /** The image of the outside that it starts from. */
  readonly image?: ImageReference;
  readonly origins: Origin[];
  readonly sources: ContextSource[];
  readonly mounts: RunMount[];
  readonly entitlements: Entitlement[];
  readonly args: string[];
  /** The texts of its `ONBUILD` instructions. */
  readonly triggers: string[];
}

/** Something that `COPY --from` or `RUN --mount=from=` names: a stage or an image, which only the whole file can tell. */
export interface Origin {
  name: Value;
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

/** The stage that the next instruction belongs to; `undefined` before the first. */
export function currentStage(reading: Reading): StageReading | undefined {
  return reading.stages.at(-1);
}

/** The variables that the next instruction sees. */
export function currentScope(reading: Reading): Scope {
  return currentStage(reading)?.scope ?? reading.globals;
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
