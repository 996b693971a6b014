/** A value that belongs in no image and no output. */
export interface Secret {
  /** Where it comes from, for messages: `the environment variable HUB_PASSWORD`. */
  from: string;
  value: string;
}

/** Long enough to be no line that anybody would write: `[global]`, `machine pypi.org`. */
const tellingLine = 20;

/** The texts that give a value away: the whole of it, and of one with several lines each that is no common one. */
export function givingAway({ value }: Secret): string[] {
  const lines = linesOf(value);
  if (lines.length < 2) return lines;
  return [value.trim(), ...lines.filter((line) => line.length >= tellingLine && !line.startsWith('-----'))];
}

/** The lines of a value without blanks around them, since output comes line by line; empty ones are left out. */
export function linesOf(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
