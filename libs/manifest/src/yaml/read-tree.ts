import type { Problems } from './problems.ts';
import { buildTree } from './build-tree.ts';
import { compose } from './compose.ts';
import type { Node } from './tree.ts';

/** The tree of a YAML text, or `undefined` if its syntax is broken. */
export function readTree(text: string, problems: Problems): Node | undefined {
  const { document, placeOf, problems: syntax } = compose(text);
  for (const problem of syntax) problems.add(problem, 'yaml-syntax', problem.message, { hint: problem.hint });
  if (!document || syntax.length > 0) return undefined;
  if (!document.contents) return { kind: 'scalar', value: null, text: '', line: 1, column: 1 };
  let broken = false;
  const tree = buildTree(document.contents, placeOf, (place, code, message, hint) => {
    broken ||= code === 'yaml-syntax';
    problems.add(place, code, message, { hint });
  });
  return broken ? undefined : tree;
}
