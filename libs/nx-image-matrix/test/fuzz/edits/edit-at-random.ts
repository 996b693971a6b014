import { contextEdits } from './context.ts';
import type { Desk, Edit } from './edit.ts';
import { linkEdits } from './links.ts';
import { lockEdits } from './locks.ts';
import { manifestEdits } from './manifests.ts';
import { matrixEdits } from './matrices.ts';
import { passedOnEdits } from './passed-on.ts';
import { spellingEdits } from './spelling.ts';
import { structureEdits } from './structure.ts';
import { submoduleEdits } from './submodules.ts';
import { templateEdits } from './templates.ts';
import { valueEdits } from './values.ts';

const kinds = {
  values: valueEdits,
  structure: structureEdits,
  spelling: spellingEdits,
  templates: templateEdits,
  context: contextEdits,
  passedOn: passedOnEdits,
  links: linkEdits,
  locks: lockEdits,
  submodules: submoduleEdits,
  manifests: manifestEdits,
  matrices: matrixEdits,
} satisfies Record<string, Edit[]>;

export type EditKind = keyof typeof kinds;

export const editKinds = Object.keys(kinds) as EditKind[];

const weighed: readonly EditKind[] = [
  'values',
  'values',
  'structure',
  'spelling',
  'templates',
  'templates',
  'context',
  'context',
  'passedOn',
  'links',
  'submodules',
  'manifests',
];

/** With a manifest in several files, and locks. The other list stays as it is: values are recorded with it. */
const weighedWithParts: readonly EditKind[] = [
  ...weighed,
  ...Array.from({ length: 4 }, () => 'matrices' as const),
  ...Array.from({ length: 5 }, () => 'locks' as const),
];

/** Makes one to three random edits, of one kind or of all, and returns their descriptions. */
export function editAtRandom(desk: Desk, kind?: EditKind): string[] {
  const { random, sources } = desk;
  const picked = sources.parts.size > 0 ? weighedWithParts : weighed;
  const wanted = random.pick([1, 1, 1, 2, 2, 3]);
  const made: string[] = [];
  while (made.length < wanted) {
    const edits: readonly Edit[] = kinds[kind ?? random.pick(picked)];
    const what = random.pick(edits)(desk);
    if (what !== undefined) made.push(what);
  }
  return made;
}
