import { knownForms } from './forms.ts';
import { Matcher } from './matcher.ts';
import { givingAway } from './secret.ts';
import type { Secret } from './secret.ts';

export interface FoundSecret {
  /** `the environment variable HUB_PASSWORD` */
  from: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

/** The first place in a text that contains one of these secrets, in clear, base64 or URL-encoded. */
export function findSecret(text: string, secrets: readonly Secret[]): FoundSecret | undefined {
  let first: { from: string; index: number } | undefined;
  for (const secret of secrets) {
    const index = matcherFor(secret).find(text)?.start;
    if (index !== undefined && index < (first?.index ?? Infinity)) first = { from: secret.from, index };
  }
  if (!first) return undefined;
  const before = text.slice(0, first.index).split('\n');
  return { from: first.from, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Each file of each image is checked for the same secrets. */
const matchers = new Map<string, Matcher>();

function matcherFor(secret: Secret): Matcher {
  let matcher = matchers.get(secret.value);
  if (!matcher) {
    matcher = new Matcher();
    for (const known of givingAway(secret).flatMap(knownForms)) matcher.add(known);
    matchers.set(secret.value, matcher);
  }
  return matcher;
}
