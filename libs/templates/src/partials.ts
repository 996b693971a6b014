import { dirname, isAbsolute, join } from 'node:path';
import { contains, isFile, realPath } from './paths.ts';
import { TemplateProblem } from './problem.ts';

/**
 * The folder where partials and layouts are looked up last, and that all of them must be in. Both paths are absolute.
 */
export interface Root {
  path: string;
  /** Without symbolic links. */
  real: string;
  /** What messages call it, if it is not the templates root. */
  name?: string;
}

/**
 * The file that `{% render 'name' %}` in `from` refers to: next to that template first, then below the root, with and
 * without `.liquid`. Throws a TemplateProblem if there is none, or if it is outside the root.
 */
export function findPartial(name: string, from: string, root: Root): string {
  if (isAbsolute(name) || /^[a-z]:[\\/]/i.test(name)) throw outside(name, root);
  const candidates = [dirname(from), root.path].flatMap((dir) => [join(dir, name), join(dir, `${name}.liquid`)]);
  const found = candidates.find((path) => contains(root.path, path) && isFile(path));
  if (found === undefined) throw absent(name, candidates, root);
  if (!contains(root.real, realPath(found) ?? found)) throw outside(name, root);
  return found;
}

function absent(name: string, candidates: string[], root: Root): TemplateProblem {
  const strangers = candidates.filter((path) => !contains(root.path, path));
  if (strangers.length === candidates.length || strangers.some(isFile)) return outside(name, root);
  const hint = `it is looked for next to the template that names it, then in ${nameOf(root)}`;
  return new TemplateProblem('missing-template', `there is no template \`${name}\``, hint);
}

function outside(name: string, root: Root): TemplateProblem {
  const hint = `move it below ${nameOf(root)}${root.name === undefined ? ', or set the plugin option `templatesRoot`' : ''}`;
  return new TemplateProblem('template-outside-root', `template \`${name}\` lies outside ${nameOf(root)}`, hint);
}

function nameOf({ name = 'the templates root' }: Root): string {
  return name;
}
