import { posix } from 'node:path';
import { entriesOf, entryOf, valueOf } from '../normalise/read.ts';
import { isReserved } from '../normalise/reserved.ts';
import { layersOf } from '../normalise/specs.ts';
import { barePlace, type Entry, type Node, type ScalarNode } from '../yaml/tree.ts';
import { folderOf, resolvePath } from './paths.ts';
import { kindOf } from './read-parts.ts';
import type { SourceFiles } from './source-files.ts';

/** Most values that repeated data files may add; the same as for aliases. */
const MAX_VALUES = 250_000;

/**
 * Replaces each `{ from: PATH }` by the content of that file: axes, `vars` and each variable, `cuda_dependencies` and
 * each CUDA version. A `from` in a data file is data.
 */
export function insertData(tree: Node, sources: SourceFiles): void {
  const inserting: Inserting = { sources, done: new Set(), values: 0 };
  if (!insertAt(inserting, tree, 'cuda_dependencies', 'map')) {
    insertEach(inserting, valueOf(tree, 'cuda_dependencies'), 'map');
  }
  for (const layer of layersOf(tree)) {
    insertEach(inserting, valueOf(layer, 'args'), 'axis');
    if (!insertAt(inserting, layer, 'vars', 'variables')) insertEach(inserting, valueOf(layer, 'vars'), 'variable');
  }
}

/** The kind of a place: only variables may have their own key `from`, and a variable may be anything. */
type Room = 'map' | 'axis' | 'variables' | 'variable';

interface Inserting {
  sources: SourceFiles;
  /** Entries that were replaced; maps share entries by `<<`, and maps by aliases. */
  done: Set<Node>;
  values: number;
}

function insertEach(inserting: Inserting, map: Node | undefined, room: Room): void {
  for (const { key } of entriesOf(map)) insertAt(inserting, map, key.text, room);
}

/** Whether the value of a key is a data file now. */
function insertAt(inserting: Inserting, map: Node | undefined, name: string, room: Room): boolean {
  const entry = map?.kind === 'map' ? map.entries.get(name) : undefined;
  if (map?.kind !== 'map' || !entry) return false;
  if (inserting.done.has(entry.value)) return true;
  const from = fromOf(entry.value);
  if (!from) return false;
  if (!from.alone && (room === 'variables' || room === 'variable')) return false;
  const data = from.alone ? dataOf(inserting, from, room) : undefined;
  if (!from.alone) reportCompany(inserting, from);
  const value = data ?? { kind: 'hole', ...barePlace(from.at) };
  inserting.done.add(value);
  map.entries.set(name, { key: entry.key, value, at: value });
  return true;
}

interface From extends Entry {
  value: ScalarNode;
  /** Whether it is the only key of its map. */
  alone: boolean;
}

/** The key `from` of a map, if it has a text. */
function fromOf(node: Node): From | undefined {
  const entry = entryOf(node, 'from');
  if (entry?.value.kind !== 'scalar' || typeof entry.value.value !== 'string') return undefined;
  return { ...entry, value: entry.value, alone: entriesOf(node).length === 1 };
}

function reportCompany({ sources }: Inserting, { key }: From): void {
  sources.problems.add(key, 'bad-data-file', '`from` names a data file, and other keys are beside it', {
    hint: 'move them into the data file, or its content here',
  });
}

function dataOf(inserting: Inserting, { value: { value }, at }: From, room: Room): Node | undefined {
  const { sources } = inserting;
  const fail = (message: string, hint?: string): undefined => {
    sources.problems.add(at, 'bad-data-file', message, { hint });
  };
  const named = String(value);
  const resolved = resolvePath(named, folderOf(at.file ?? sources.manifest));
  if ('message' in resolved) return fail(resolved.message, resolved.hint);
  const { path } = resolved;
  if (sources.reader.kindOf(path) === 'nothing')
    return fail(`there is no ${path}`, besideManifest(sources, named, path));
  if (!/\.(?:ya?ml|json)$/.test(path))
    return fail(`\`${named}\` is not a data file`, 'its name ends in .json, .yml or .yaml');
  const tree = sources.tree(path, at, 'bad-data-file');
  if (!tree) return undefined;
  if (room !== 'variable' && tree.kind !== 'map') {
    sources.problems.add(tree, 'wrong-type', `${path} must be a map, found ${kindOf(tree)}`);
    return undefined;
  }
  if (room === 'axis' && hasNested(tree, path, sources)) return undefined;
  inserting.values += countValues(tree, new Map());
  if (inserting.values > MAX_VALUES) return fail(`the data files up to here have more than ${MAX_VALUES} values`);
  return tree;
}

/** Whether a value of an axis comes with more than arguments, as in files that bots write; reports where. */
function hasNested(axis: Node, path: string, { problems }: SourceFiles): boolean {
  const nested = entriesOf(axis)
    .flatMap(({ value }) => entriesOf(value))
    .filter(({ key, value }) => !isReserved(key.text) && (value.kind === 'list' || value.kind === 'map'));
  for (const { key, value } of nested) {
    problems.add(key, 'wrong-type', `\`${key.text}\` is ${kindOf(value)}, and an argument is a single value`, {
      hint: `read ${path} with \`vars\`, which may be any YAML, and list the values of the axis`,
    });
  }
  return nested.length > 0;
}

/** Paths are relative to the file that names them, not to the manifest. */
function besideManifest({ reader, manifest }: SourceFiles, named: string, path: string): string | undefined {
  const beside = posix.join(folderOf(manifest), named);
  if (beside === path || beside.startsWith('../') || reader.kindOf(beside) !== 'file') return undefined;
  const near = posix.relative(posix.dirname(path), posix.dirname(beside));
  return `did you mean \`${posix.join(posix.dirname(named), near, posix.basename(named))}\`?`;
}

function countValues(node: Node, known: Map<Node, number>): number {
  const children = node.kind === 'list' ? node.items : node.kind === 'map' ? [...node.entries.values()] : [];
  const count = known.get(node) ?? children.reduce((sum, { value }) => sum + countValues(value, known), 1);
  known.set(node, count);
  return count;
}
