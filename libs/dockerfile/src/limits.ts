/** Longest value of a variable, and longest text to match against a pattern, in characters. */
const LONGEST_VALUE = 65_535;
const LONGEST_PATTERN = 1_000;
const DEEPEST = 100;
/** BuildKit has no limit, but each stage is compared with all earlier ones. */
const MOST_STAGES = 1_000;

/** An instruction that would use too much time or memory, and that no real Dockerfile needs. */
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
