import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { isLink } from '../fs/links.ts';

/** The question to one repository: path relative to it -> the paths of the workspace that the answer applies to. */
type Questions = Map<string, string[]>;

export interface Repositories {
  /** By absolute folder. */
  questions: Map<string, Questions>;
  /** Paths that links lead out of the workspace. */
  outside: string[];
}

/** A folder in terms of the repository that contains it. */
interface Place {
  /** Absolute; `undefined` outside the workspace. */
  repository: string | undefined;
  /** Relative to the repository. */
  inside: string;
  /** Links and folders of submodules on the way to it: if one of these is ignored, so is the folder. */
  gates: readonly Place[];
}

/**
 * Groups paths of a workspace by the repositories that contain them, with links resolved. Checks each folder on the way
 * once. Paths use `/`.
 */
export function groupByRepository(workspaceRoot: string, paths: readonly string[]): Repositories {
  const root = realpathSync(workspaceRoot);
  const folders = new Map<string, Place>();
  const questions: Repositories['questions'] = new Map();
  const outside: string[] = [];
  const ask = ({ repository, inside }: Place, path: string): void => {
    if (repository === undefined) return void outside.push(path);
    const asked = questions.get(repository) ?? new Map<string, string[]>();
    questions.set(repository, asked);
    asked.set(inside, [...(asked.get(inside) ?? []), path]);
  };
  for (const path of paths) {
    const folder = placeOf(root, posix.dirname(path), folders);
    const name = posix.basename(path) + (path.endsWith('/') ? '/' : '');
    ask({ ...folder, inside: posix.join(folder.inside, name) }, path);
    for (const gate of folder.gates) ask(gate, path);
  }
  return { questions, outside };
}

function placeOf(root: string, folder: string, known: Map<string, Place>): Place {
  if (folder === '.' || folder === '') return { repository: root, inside: '', gates: [] };
  let place = known.get(folder);
  if (!place) {
    place = lookAt(root, folder, placeOf(root, posix.dirname(folder), known), known);
    known.set(folder, place);
  }
  return place;
}

function lookAt(root: string, folder: string, parent: Place, known: Map<string, Place>): Place {
  if (parent.repository === undefined) return parent;
  const place = { ...parent, inside: posix.join(parent.inside, posix.basename(folder)) };
  const full = join(parent.repository, place.inside);
  const gates = [...parent.gates, place];
  if (isLink(full)) {
    const target = behindLink(root, full, known);
    return { ...target, gates: [...gates, ...target.gates] };
  }
  return existsSync(join(full, '.git')) ? { repository: full, inside: '', gates } : place;
}

function behindLink(root: string, link: string, known: Map<string, Place>): Place {
  const outside: Place = { repository: undefined, inside: '', gates: [] };
  try {
    const target = relative(root, realpathSync(link));
    if (isAbsolute(target) || target === '..' || target.startsWith(`..${sep}`)) return outside;
    return placeOf(root, target.split(sep).join('/'), known);
  } catch {
    // It leads nowhere, or in a circle.
    return outside;
  }
}
