import { base64Lines, knownForms } from './forms.ts';
import { Matcher } from './matcher.ts';
import { linesOf } from './secret.ts';
import { tokensOf } from './tokens.ts';

/** Of the whole process, since all its output goes to one place, where a secret is one whoever brought it. */
const hidden = new Set<string>();
const matcher = new Matcher();

/**
 * From now on `masked` puts `***` in place of this value, of each of its lines, and of the tokens that it holds where it
 * is a `.netrc`, an `.npmrc`, JSON and so on; also where they are base64 or part of a URL.
 */
export function hide(value: string): void {
  if (hidden.has(value)) return;
  hidden.add(value);
  for (const text of new Set([value.trim(), ...linesOf(value), ...tokensOf(value)])) {
    for (const known of knownForms(text)) matcher.add(known);
  }
  for (const text of base64Lines(value)) matcher.add({ text, wholeWord: false });
}

/** The text with `***` for every hidden value, but for those that stand in any text: `hasWeakValue` knows them. */
export function masked(text: string): string {
  return matcher.replace(text, '***');
}
