import { excerpt } from '../excerpt.ts';
import type { Pattern } from '../pattern.ts';
import type { ExpectedText } from '../suite.ts';

/** What is wrong with a text; `what` names it: `standard output`. */
export function checkText(what: string, text: string, { expected, excluded }: ExpectedText): string[] {
  return [
    ...expected.flatMap((pattern) => check(what, text, pattern, true)),
    ...excluded.flatMap((pattern) => check(what, text, pattern, false)),
  ];
}

function check(what: string, text: string, pattern: Pattern, wanted: boolean): string[] {
  const verb = wanted ? 'expected' : 'did not expect';
  try {
    if (pattern.isIn(text) === wanted) return [];
  } catch (error) {
    return [`${verb} /${pattern.source}/ in ${what}, but ${error instanceof Error ? error.message : String(error)}`];
  }
  return [`${verb} /${pattern.source}/ in ${what}, found ${excerpt(text)}`];
}
