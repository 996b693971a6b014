import { tokensOf } from './tokens.ts';
import { isWeak } from './weak.ts';

/** A value that must not be in an image or in output. */
export interface Secret {
  /** Where it comes from, for messages: `the environment variable HUB_PASSWORD`. */
  from: string;
  value: string;
}

/** Shortest line, in characters, that identifies a secret; `[global]` and `machine pypi.org` are shorter. */
const tellingLine = 20;

/** The texts that reveal a value: all of it, the tokens in it, and, of several lines, each line that is not common. */
export function givingAway({ value }: Secret): string[] {
  const lines = linesOf(value);
  const telling =
    lines.length < 2 ? [] : lines.filter((line) => line.length >= tellingLine && !line.startsWith('-----'));
  return [...new Set([value.trim(), ...telling, ...tokensOf(value)])].filter((text) => text !== '');
}

/** The lines of a value, trimmed, since output comes line by line; without empty ones. */
export function linesOf(value: string): string[] {
  return value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/**
 * Whether a secret has a value that cannot be masked or found, because it is too short or a common word: the secret
 * itself, or a value in a file with several lines.
 */
export function hasWeakValue({ value }: Secret): boolean {
  const lines = linesOf(value);
  if (lines.length < 2 && isWeak(value.trim())) return true;
  return tokensOf(value, { passwordsOnly: true }).some(isWeak);
}
