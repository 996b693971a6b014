import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { targetInWorkspace } from '../fs/links.ts';
import { inputFile } from '../matrix/inputs.ts';
import { LINK_MODE, SUBMODULE_MODE, type ChangedPath } from '../workspace/git-changes.ts';
import { applyHunks, diffLines, reversed, type Hunk } from './hunks.ts';
import type { Side } from './read-side.ts';
import type { SourceFile } from './source-tree.ts';

/** What a source is for. */
export type Role = 'manifest' | 'template' | 'dockerignore' | 'lock' | 'link' | 'option';

/** One change of one source: some of its lines, the whole file, or an option. */
export interface Edit {
  role: Role;
  /** Workspace-relative. */
  path: string;
  /** The changed lines; those of the whole file if it is not a text on both sides. */
  hunks: Hunk[];
  /** Whether the file has other edits. */
  partial: boolean;
  before?: SourceFile;
  after?: SourceFile;
  /** The former path of a renamed file. */
  renamedFrom?: string;
  option?: { name: OptionName; manifest: string };
}

/** Options that images depend on. */
const optionNames = ['version', 'prefix', 'outputDir', 'templatesRoot', 'cudaRepositoryBase'] as const;

export type OptionName = (typeof optionNames)[number];

/** Lines that differ until the edits of a file are not told apart any more. */
const MOST_HUNKS = 40;

export interface SourceChange extends ChangedPath {
  /** The files of both sides. */
  old?: SourceFile;
  now?: SourceFile;
}

/** The roles of changed paths in two states of a workspace; paths without one are left out. */
export function rolesOf(before: Side, after: Side, changes: Iterable<ChangedPath>): Map<string, Role> {
  const roles = new Map<string, Role>();
  const give = (role: Role, paths: Iterable<string>): void => {
    for (const path of paths) roles.set(path, role);
  };
  for (const { read, workspace } of [before, after]) {
    for (const { file, contextDir, parts, images } of read.matrices) {
      give(
        'template',
        new Set(images.flatMap(({ templates }) => templates.map((path) => posix.join(contextDir, path)))),
      );
      const found = (paths: readonly string[]) => pathsWithTargets(workspace.root, paths);
      give('dockerignore', found([inputFile(file, 'dockerignore')]));
      give('lock', found([inputFile(file, 'baseLock')]));
      give('manifest', found([file, ...parts.files]));
    }
  }
  const found = new Map<string, Role>();
  for (const { path, before: old, after: now } of changes) {
    const role = roles.get(path) ?? (old?.mode === LINK_MODE || now?.mode === LINK_MODE ? 'link' : undefined);
    if (role && old?.mode !== SUBMODULE_MODE && now?.mode !== SUBMODULE_MODE) found.set(path, role);
  }
  return found;
}

/** Paths, and what those lead to that are links: git reports a change there. */
export function pathsWithTargets(workspaceRoot: string, paths: readonly string[]): string[] {
  return [...paths, ...paths.flatMap((path) => targetInWorkspace(workspaceRoot, path) ?? [])];
}

/** The edits of one changed source: one for each changed line or group of lines. */
export function editsOf(role: Role, { path, old, now }: SourceChange): Edit[] {
  const whole: Edit = {
    role,
    path,
    hunks: [],
    partial: false,
    ...(old && { before: old }),
    ...(now && { after: now }),
  };
  const hunks = hunksOf(old, now);
  const isTold = old !== undefined && now !== undefined && old.mode === now.mode;
  if (!isTold || role === 'lock' || hunks.length === 0 || hunks.length > MOST_HUNKS) return [{ ...whole, hunks }];
  return hunks.map((hunk) => ({ ...whole, hunks: [hunk], partial: hunks.length > 1 }));
}

/** All edits of one file as one. */
export function joined(edits: readonly Edit[]): Edit[] {
  const [first] = edits;
  return first ? [{ ...first, hunks: edits.flatMap(({ hunks }) => hunks), partial: false }] : [];
}

/** Joins a template that was removed with one that was added and has much of its text. */
export function joinRenames(edits: readonly Edit[]): Edit[] {
  const removed = edits.filter(({ role, before, after }) => role === 'template' && before && !after);
  const taken = new Set<Edit>();
  const renamed = edits.map((edit): Edit => {
    if (edit.role !== 'template' || edit.before || !edit.after) return edit;
    const former = removed.find((one) => !taken.has(one) && isLike(one.before, edit.after));
    if (!former) return edit;
    taken.add(former);
    const hunks = hunksOf(former.before, edit.after);
    return { ...edit, hunks, ...(former.before && { before: former.before }), renamedFrom: former.path };
  });
  return renamed.filter((edit) => !taken.has(edit));
}

/** An edit for each option that differs. */
export function optionEdits(manifest: string, before: ResolvedOptions, after: ResolvedOptions): Edit[] {
  return optionNames.flatMap((name): Edit[] => {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) return [];
    return [{ role: 'option', path: 'nx.json', hunks: [], partial: false, option: { name, manifest } }];
  });
}

/** The options before, with those of an edit. */
export function withOption(options: ResolvedOptions, { option }: Edit, others: ResolvedOptions): ResolvedOptions {
  return option ? { ...options, [option.name]: others[option.name] } : options;
}

/** The files that an edit leaves behind, if it alone is made in the earlier state. */
export function made(edit: Edit): Map<string, SourceFile | undefined> {
  const { path, partial, hunks, before, after, renamedFrom } = edit;
  if (edit.role === 'option') return new Map();
  if (!partial || !before || !after) {
    return new Map([...(renamedFrom === undefined ? [] : [[renamedFrom, undefined] as const]), [path, after]]);
  }
  return new Map([[path, { ...after, content: Buffer.from(applyHunks(before.content.toString('utf8'), hunks)) }]]);
}

/** The files that are left, if an edit alone is undone in the present state. */
export function undone(edit: Edit): Map<string, SourceFile | undefined> {
  const { path, partial, hunks, before, after, renamedFrom } = edit;
  if (edit.role === 'option') return new Map();
  if (renamedFrom !== undefined)
    return new Map([
      [path, undefined],
      [renamedFrom, before],
    ]);
  if (!partial || !before || !after) return new Map([[path, before]]);
  const text = applyHunks(after.content.toString('utf8'), reversed(hunks));
  return new Map([[path, { ...before, content: Buffer.from(text) }]]);
}

function hunksOf(before: SourceFile | undefined, after: SourceFile | undefined): Hunk[] {
  const [old, now] = [textOf(before), textOf(after)];
  return old === undefined || now === undefined ? [] : diffLines(old, now);
}

/** The text of a file; empty for none, `undefined` for a link or bytes. */
function textOf(file: SourceFile | undefined): string | undefined {
  if (!file) return '';
  return file.mode !== LINK_MODE && isUtf8(file.content) ? file.content.toString('utf8') : undefined;
}

/** Whether half of the lines of two files are the same. */
function isLike(before: SourceFile | undefined, after: SourceFile | undefined): boolean {
  if (!before || !after) return false;
  if (before.content.equals(after.content)) return true;
  const [old, now] = [textOf(before), textOf(after)];
  if (!old || !now) return false;
  const lines = new Set(old.split('\n').filter((line) => line.trim() !== ''));
  const others = now.split('\n').filter((line) => line.trim() !== '');
  return 2 * others.filter((line) => lines.has(line)).length > Math.max(lines.size, others.length);
}
