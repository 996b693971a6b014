import { readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { liesWithin } from '../fs/links.ts';

/** Folders that one glob may look into. */
const MOST_FOLDERS = 2_000;

/** Folders that hold no sources, unless a glob names them. */
const skipped = new Set(['.git', '.nx', 'node_modules']);

/**
 * Sorted paths of the files that match a glob of `*`, `**`, `?` and `{a,b}`; all relative to the workspace. `undefined`
 * if it looks into too many folders. Links to folders are followed only where the glob names them. A link to a file is a
 * file.
 */
export function findFiles(workspaceRoot: string, glob: string): string[] | undefined {
  const found: string[] = [];
  const segments = glob.split('/').map((text) => ({ text, pattern: patternOf(text) }));
  let open: Search[] = [{ folder: '', states: closure([0], segments) }];
  for (let folders = 0; open.length > 0;) {
    folders += open.length;
    if (folders > MOST_FOLDERS) return undefined;
    open = open.flatMap((search) => look(workspaceRoot, search, segments, found));
  }
  return found.sort();
}

/** The part of a glob between two slashes. */
interface Segment {
  text: string;
  pattern: RegExp;
}

/** A folder to look into, and the segments of the glob that its content may match. */
interface Search {
  folder: string;
  states: number[];
}

function look(
  workspaceRoot: string,
  { folder, states }: Search,
  segments: readonly Segment[],
  found: string[],
): Search[] {
  const path = (name: string): string => (folder === '' ? name : `${folder}/${name}`);
  const named = namedBy(states, segments);
  // A folder that the glob names needs no listing of the one around it.
  if (named !== undefined)
    return isInWorkspace(workspaceRoot, path(named)) ? [step(path(named), named, states, segments)] : [];
  return entriesIn(workspaceRoot, folder).flatMap((entry) => {
    const next = step(path(entry.name), entry.name, states, segments);
    if (entry.isDirectory()) return next.states.length > 0 && !skipped.has(entry.name) ? [next] : [];
    if (next.states.includes(segments.length)) found.push(path(entry.name));
    return [];
  });
}

/** The next segment of a glob if it is the same for all and a plain name of a folder. */
function namedBy(states: readonly number[], segments: readonly Segment[]): string | undefined {
  const [state, ...others] = states;
  const segment = segments[state ?? segments.length]?.text;
  if (others.length > 0 || state === segments.length - 1) return undefined;
  return segment === undefined || /[*?{]/.test(segment) ? undefined : segment;
}

function step(folder: string, name: string, states: readonly number[], segments: readonly Segment[]): Search {
  const next = states.flatMap((state) => {
    const segment = segments[state];
    if (segment?.text === '**') return state === segments.length - 1 ? [state, state + 1] : [state];
    return segment?.pattern.test(name) ? [state + 1] : [];
  });
  return { folder, states: closure(next, segments) };
}

/** `**` matches no folder as well. */
function closure(states: readonly number[], segments: readonly Segment[]): number[] {
  const all = new Set(states);
  for (const state of all) if (segments[state]?.text === '**' && state < segments.length - 1) all.add(state + 1);
  return [...all];
}

function patternOf(segment: string): RegExp {
  const source = segment
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
    .replace(/\{([^{}]*)\}/g, (_, names: string) => `(?:${names.replaceAll(',', '|')})`);
  // Braces that are left are plain characters.
  return new RegExp(`^${source.replace(/[{}]/g, '\\$&')}$`, 's');
}

function entriesIn(workspaceRoot: string, folder: string): Dirent[] {
  try {
    return readdirSync(join(workspaceRoot, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}

function isInWorkspace(workspaceRoot: string, folder: string): boolean {
  try {
    return liesWithin(workspaceRoot, join(workspaceRoot, folder));
  } catch {
    return false;
  }
}
