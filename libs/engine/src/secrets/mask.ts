import { base64Lines, knownForms } from './forms.ts';
import { Matcher } from './matcher.ts';
import { linesOf } from './secret.ts';
import { tokensOf } from './tokens.ts';

/** Global to the process, since all its output goes to one place; secrets of any origin are masked. */
const hidden = new Set<string>();
const matcher = new Matcher();

/**
 * From now on, `masked` replaces this value with `***`, and each of its lines, and the tokens in it if it is a
 * `.netrc`, an `.npmrc`, JSON and so on; also in base64 or as part of a URL.
 */
export function hide(value: string): void {
  if (hidden.has(value)) return;
  hidden.add(value);
  for (const text of new Set([value.trim(), ...linesOf(value), ...tokensOf(value)])) {
    for (const known of knownForms(text)) matcher.add(known);
  }
  for (const text of base64Lines(value)) matcher.add({ text, wholeWord: false });
}

/** The text with `***` for every hidden value, except values that occur in ordinary text: see `hasWeakValue`. */
export function masked(text: string): string {
  return matcher.replace(text, '***');
}
