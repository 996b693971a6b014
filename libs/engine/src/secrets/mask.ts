import { patternFor } from './forms.ts';
import { linesOf } from './secret.ts';

/** Of the whole process, since all its output goes to one place, where a secret is one whoever brought it. */
const hidden = new Set<string>();
let pattern: RegExp | undefined;

/** From now on `masked` puts `***` in place of this value, also where it is base64 or part of a URL. */
export function hide(value: string): void {
  const before = hidden.size;
  for (const text of [value.trim(), ...linesOf(value)]) if (text !== '') hidden.add(text);
  if (hidden.size > before) pattern = patternFor(hidden);
}

/** The text with `***` for every hidden value. Values below four characters stay: they stand in any text. */
export function masked(text: string): string {
  return pattern ? text.replace(pattern, '***') : text;
}
