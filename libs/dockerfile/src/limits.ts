/** Characters that the value of a variable may have, and that a pattern may be matched against. */
const LONGEST_VALUE = 65_535;
const LONGEST_PATTERN = 1_000;
const DEEPEST = 100;
/** BuildKit knows no limit, but each stage is compared with those before it. */
const MOST_STAGES = 1_000;

/** Something in an instruction that no Dockerfile needs, and that would take all time or memory. */
export class TooMuch extends Error {}

export function limitValue(length: number): void {
  if (length > LONGEST_VALUE) throw new TooMuch(`a value would have more than ${LONGEST_VALUE} characters`);
}

export function limitPattern(text: string, pattern: string): void {
  if (text.length > LONGEST_PATTERN && pattern.length > 0) {
    throw new TooMuch(`a text that a pattern is cut from would have more than ${LONGEST_PATTERN} characters`);
  }
}

export function limitDepth(depth: number): void {
  if (depth > DEEPEST) throw new TooMuch(`variables are nested more than ${DEEPEST} deep`);
}

export function limitStages(count: number): void {
  if (count >= MOST_STAGES) throw new TooMuch(`there are more than ${MOST_STAGES} stages`);
}
