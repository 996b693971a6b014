import { contextEdits } from './context.ts';
import type { Desk, Edit } from './edit.ts';
import { passedOnEdits } from './passed-on.ts';
import { spellingEdits } from './spelling.ts';
import { structureEdits } from './structure.ts';
import { templateEdits } from './templates.ts';
import { valueEdits } from './values.ts';

const kinds: readonly Edit[][] = [
  valueEdits,
  valueEdits,
  structureEdits,
  spellingEdits,
  templateEdits,
  templateEdits,
  contextEdits,
  contextEdits,
  passedOnEdits,
];

/** Makes one to three random edits and says what they were. */
export function editAtRandom(desk: Desk): string[] {
  const { random } = desk;
  const wanted = random.pick([1, 1, 1, 2, 2, 3]);
  const made: string[] = [];
  while (made.length < wanted) {
    const what = random.pick(random.pick(kinds))(desk);
    if (what !== undefined) made.push(what);
  }
  return made;
}
