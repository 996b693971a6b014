import { tokensOf } from './tokens.ts';
import { isWeak } from './weak.ts';

/** A value that belongs in no image and no output. */
export interface Secret {
  /** Where it comes from, for messages: `the environment variable HUB_PASSWORD`. */
  from: string;
  value: string;
}

/** Long enough to be no line that anybody would write: `[global]`, `machine pypi.org`. */
const tellingLine = 20;

/** The texts that give a value away: the whole of it, the tokens in it, and of several lines each that is no common one. */
export function givingAway({ value }: Secret): string[] {
  const lines = linesOf(value);
  const telling =
    lines.length < 2 ? [] : lines.filter((line) => line.length >= tellingLine && !line.startsWith('-----'));
  return [...new Set([value.trim(), ...telling, ...tokensOf(value)])].filter((text) => text !== '');
}

/** The lines of a value without blanks around them, since output comes line by line; empty ones are left out. */
export function linesOf(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * Whether a secret has a value that cannot be masked or found, since it is too short or a common word: the secret itself,
 * or one that a file with several lines holds.
 */
export function hasWeakValue({ value }: Secret): boolean {
  const lines = linesOf(value);
  if (lines.length < 2 && isWeak(value.trim())) return true;
  return tokensOf(value, { passwordsOnly: true }).some(isWeak);
}
