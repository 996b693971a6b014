import type { Problems } from './problems.ts';
import { buildTree, type Shared } from './build-tree.ts';
import { compose } from './compose.ts';
import type { Node } from './tree.ts';

/**
 * The tree of a YAML text, or `undefined` if its syntax is broken. `file`: its file, if not the manifest itself;
 * `subject`: what messages call the text.
 */
export function readTree(
  text: string,
  problems: Problems,
  file?: string,
  shared: Shared = { aliased: 0 },
  subject?: string,
): Node | undefined {
  const { document, placeOf, problems: syntax } = compose(text, file, subject);
  for (const problem of syntax) problems.add(problem, 'yaml-syntax', problem.message, { hint: problem.hint });
  if (!document || syntax.length > 0) return undefined;
  if (!document.contents) return { kind: 'scalar', value: null, text: '', ...placeOf(0) };
  let broken = false;
  const tree = buildTree(
    document.contents,
    placeOf,
    (place, code, message, hint) => {
      broken ||= code === 'yaml-syntax';
      problems.add(place, code, message, { hint });
    },
    shared,
  );
  return broken ? undefined : tree;
}
