import { posix } from 'node:path';

/** A path relative to the workspace, or why a manifest may not name it. */
export type ResolvedPath = { path: string } | { message: string; hint?: string };

const BESIDE = 'paths are relative to the file that names them, with `/`';

/** The path that a file of a manifest names, which is relative to that file's folder. */
export function resolvePath(named: string, folder: string): ResolvedPath {
  if (/^(?:[/~]|[A-Za-z]:|[a-z+]+:\/\/)/.test(named)) {
    return { message: `\`${named}\` is not a relative path`, hint: BESIDE };
  }
  if (named.includes('\\')) return { message: `\`${named}\` has a backslash`, hint: BESIDE };
  const path = posix.join(folder, named).replace(/\/$/, '');
  if (path === '..' || path.startsWith('../')) {
    return { message: `\`${named}\` leads out of the workspace`, hint: 'move the file into the workspace' };
  }
  return { path };
}

/** The folder of a file of a manifest, or of a manifest that is a folder; empty for the workspace root. */
export function folderOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? '' : folder;
}

/** Whether a path is a glob. */
export function isGlob(path: string): boolean {
  return /[*?{]/.test(path);
}

/** Why a glob cannot be used, if so: the matchers of Nx and of shells differ in other syntax. */
export function globProblem(glob: string): string | undefined {
  const [other] =
    /[[\]()!#+@|]/.exec(glob.replace(/\{[^{}/]*\}/g, '')) ?? /[{}]/.exec(glob.replace(/\{[^{}/]*\}/g, '')) ?? [];
  return other === undefined ? undefined : `a glob may have \`*\`, \`**\`, \`?\` and \`{a,b}\`, found \`${other}\``;
}
