import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { runGit } from './run-git.ts';

/** A file as git keeps it. */
export interface TrackedFile {
  /** `100644`, `100755`, `120000` for a link, `160000` for a submodule. */
  mode: string;
  /** Object name of its content; absent in the working tree. */
  id?: string;
}

/** A path whose content, mode or kind differs. */
export interface ChangedPath {
  /** Relative to the workspace, with `/`. */
  path: string;
  before?: TrackedFile;
  after?: TrackedFile;
}

export const LINK_MODE = '120000';
export const SUBMODULE_MODE = '160000';

/**
 * The paths of a workspace that differ between a commit and the working tree, untracked files included, by path. Files
 * that git ignores are not among them.
 * @throws Error with git's words.
 */
export function changedPaths(workspaceRoot: string, commit: string): Map<string, ChangedPath> {
  // Like `nx affected`: a renamed file is one that was removed and one that was added.
  const options = ['--raw', '-z', '--no-abbrev', '--no-renames', '--relative', '--no-ext-diff'];
  const changes = new Map<string, ChangedPath>();
  for (const change of parseRaw(answer(workspaceRoot, ['diff', ...options, commit, '--', '.']))) {
    // A path with a merge conflict is listed twice.
    if (!changes.has(change.path)) changes.set(change.path, change);
  }
  for (const path of answer(workspaceRoot, ['ls-files', '--others', '--exclude-standard', '-z']).split('\0')) {
    const mode = path === '' || path.endsWith('/') ? undefined : modeOf(join(workspaceRoot, path));
    if (mode !== undefined) changes.set(path, { ...changes.get(path), path, after: { mode } });
  }
  return changes;
}

/**
 * Contents of objects, by name; those that git does not have are left out.
 * @throws Error with git's words.
 */
export function readObjects(workspaceRoot: string, ids: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (ids.length === 0) return found;
  const { stdout, problem } = runGit(workspaceRoot, ['cat-file', '--batch'], `${ids.join('\n')}\n`);
  if (problem !== undefined) throw new Error(`git could not read earlier files: ${problem}`);
  for (let at = 0; at < stdout.length;) {
    const end = stdout.indexOf(0x0a, at);
    if (end < 0) break;
    const [id = '', kind, size] = stdout.toString('latin1', at, end).split(' ');
    at = end + 1;
    if (kind !== 'blob') continue;
    found.set(id, stdout.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return found;
}

function answer(workspaceRoot: string, args: readonly string[]): string {
  const { stdout, problem } = runGit(workspaceRoot, args);
  if (problem !== undefined) throw new Error(`git could not compare the working tree: ${problem}`);
  return stdout.toString('utf8');
}

/** https://git-scm.com/docs/diff-format#_raw_output_format */
function parseRaw(text: string): ChangedPath[] {
  const changes: ChangedPath[] = [];
  const fields = text.split('\0');
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [modeBefore = '', mode = '', id = ''] = (fields[index] ?? '').replace(/^:/, '').split(' ');
    changes.push({
      path: fields[index + 1] ?? '',
      ...(!isNone(modeBefore) && { before: { mode: modeBefore, id } }),
      ...(!isNone(mode) && { after: { mode } }),
    });
  }
  return changes;
}

function isNone(mode: string): boolean {
  return /^0*$/.test(mode);
}

function modeOf(path: string): string | undefined {
  try {
    const stats = lstatSync(path);
    if (stats.isSymbolicLink()) return LINK_MODE;
    if (!stats.isFile()) return undefined;
    return (stats.mode & 0o111) === 0 ? '100644' : '100755';
  } catch {
    // It has been removed since.
    return undefined;
  }
}
