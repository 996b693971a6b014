import { flatItems } from '../normalise/read.ts';
import { readTree } from '../yaml/read-tree.ts';
import type { Entry, Item, Node, Place } from '../yaml/tree.ts';
import { folderOf, globProblem, isGlob, resolvePath } from './paths.ts';
import type { SourceFiles } from './source-files.ts';

/** The extensions of a manifest's own files. */
export const PART_NAMES = '*.{yml,yaml}';

/** The files that form one manifest, each as a tree. */
export interface Parts {
  /** The manifest itself first, unless it is a folder. */
  trees: Node[];
  /** Their paths, including those of empty files. */
  files: string[];
  /** Whether each was found and read. */
  complete: boolean;
}

/**
 * Reads a manifest with all files that its `include` names, or all files of a folder if `text` is absent. Reports what
 * cannot be read.
 */
export function readParts(text: string | undefined, sources: SourceFiles): Parts {
  const reading: Reading = { sources, seen: new Set([sources.manifest]), trees: [], files: [], complete: true };
  if (text === undefined) {
    for (const path of sources.reader.find(`${sources.manifest}/${PART_NAMES}`) ?? []) {
      addPart(reading, path, { file: path, line: 1, column: 1 }, true);
    }
  } else addTree(reading, readTree(text, sources.problems, undefined, sources.shared), sources.manifest, true);
  return reading;
}

interface Reading extends Parts {
  sources: SourceFiles;
  seen: Set<string>;
}

/** A file that is listed twice counts once. */
function addPart(reading: Reading, path: string, at: Place, mayInclude: boolean): void {
  if (reading.seen.has(path)) return;
  reading.seen.add(path);
  addTree(reading, reading.sources.tree(path, at, 'bad-include'), path, mayInclude);
}

function addTree(reading: Reading, tree: Node | undefined, file: string, mayInclude: boolean): void {
  const { problems, manifest } = reading.sources;
  if (!tree) {
    reading.complete = false;
    return;
  }
  reading.files.push(file);
  if (tree.kind === 'map') {
    reading.trees.push(tree);
    const include = tree.entries.get('include');
    if (!include) return;
    if (mayInclude) addIncluded(reading, include, file);
    else fail(reading, include.key, '`include` is not read in an included file', 'include the files in the manifest');
  } else if (file === manifest) reading.trees.push(tree);
  else if (tree.kind !== 'scalar' || tree.value !== null) {
    problems.add(tree, 'wrong-type', `a file of a manifest must be a map, found ${kindOf(tree)}`);
    reading.complete = false;
  }
}

function addIncluded(reading: Reading, { value, at }: Entry, file: string): void {
  const items: Item[] = value.kind === 'list' ? flatItems(value) : [{ value, at }];
  for (const item of items) {
    const named = item.value;
    if (named.kind === 'hole' || (named === value && named.kind === 'scalar' && named.value === null)) continue;
    if (named.kind === 'scalar' && typeof named.value === 'string' && named.value !== '') {
      addNamed(reading, named.value, item.at, file);
    } else {
      reading.sources.problems.add(item.at, 'wrong-type', '`include` must be a path, or a list of paths');
      reading.complete = false;
    }
  }
}

/** The file, the files of the folder, or the files that match the glob. */
function addNamed(reading: Reading, named: string, at: Place, file: string): void {
  const { reader, manifest } = reading.sources;
  const resolved = resolvePath(named, folderOf(file));
  if ('message' in resolved) return fail(reading, at, resolved.message, resolved.hint);
  const { path } = resolved;
  if (path === file) return fail(reading, at, `\`${named}\` includes itself`);
  const isFolder = !isGlob(named) && reader.kindOf(path) === 'folder';
  if (!isFolder && !isGlob(named)) {
    if (reader.kindOf(path) === 'nothing') return fail(reading, at, `there is no ${path}`);
    if (!/\.(?:ya?ml|json)$/.test(path)) {
      return fail(reading, at, `\`${named}\` is not a file of a manifest`, 'its name ends in .yml, .yaml or .json');
    }
    return addPart(reading, path, at, false);
  }
  const problem = isGlob(named) ? globProblem(named) : undefined;
  if (problem !== undefined) return fail(reading, at, problem);
  const found = reader.find(isFolder ? `${path === '.' ? '' : `${path}/`}${PART_NAMES}` : path);
  if (!found) return fail(reading, at, `\`${named}\` has too many folders to look into`);
  const parts = found.filter((each) => each !== file && each !== manifest);
  const hint = isFolder ? 'its files end in .yml or .yaml' : undefined;
  if (parts.length === 0) return fail(reading, at, `\`${named}\` matches no file`, hint);
  for (const part of parts) addPart(reading, part, at, false);
}

function fail(reading: Reading, at: Place, message: string, hint?: string): void {
  reading.sources.problems.add(at, 'bad-include', message, { hint });
  reading.complete = false;
}

/** The kind of a value, for messages. */
export function kindOf(node: Node): string {
  if (node.kind === 'scalar' && node.value === null) return 'nothing';
  return node.kind === 'scalar' ? 'a single value' : `a ${node.kind}`;
}
