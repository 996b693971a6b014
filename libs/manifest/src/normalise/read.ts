import type { Text } from '../manifest.ts';
import { isExtension, type Entry, type Item, type Node, type ScalarNode } from '../yaml/tree.ts';

/** The entries of a map in order, without `x-` keys; none for other nodes. */
export function entriesOf(node: Node | undefined): Entry[] {
  if (node?.kind !== 'map') return [];
  return [...node.entries.values()].filter((entry) => !isExtension(entry.key.text));
}

/** The value of a key of a map, if any. */
export function valueOf(node: Node | undefined, key: string): Node | undefined {
  return entryOf(node, key)?.value;
}

export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  return node?.kind === 'map' ? node.entries.get(key) : undefined;
}

/** The entries of a map, with the name that each counts as: the key of the map, whatever its spelling. */
export function namedEntriesOf(node: Node | undefined): [name: string, entry: Entry][] {
  return node?.kind === 'map' ? [...node.entries].filter(([name]) => !isExtension(name)) : [];
}

export function itemsOf(node: Node | undefined): Item[] {
  return node?.kind === 'list' ? node.items : [];
}

/** All items of a list, at any depth, that are not lists themselves; lists that aliases repeat are read once. */
export function flatItems(node: Node | undefined, seen = new Set<Node>()): Item[] {
  if (node?.kind !== 'list' || seen.has(node)) return [];
  seen.add(node);
  return node.items.flatMap((item) => (item.value.kind === 'list' ? flatItems(item.value, seen) : [item]));
}

/** All scalars of a list, at any depth; lists that aliases repeat are read once. */
export function flatScalars(node: Node | undefined, seen = new Set<Node>()): ScalarNode[] {
  if (!node || seen.has(node)) return [];
  seen.add(node);
  if (node.kind === 'scalar') return node.value === null ? [] : [node];
  return itemsOf(node).flatMap((item) => flatScalars(item.value, seen));
}

/** A scalar that is neither null nor the empty string. */
export function textOf(node: Node | undefined): Text | undefined {
  return node?.kind === 'scalar' && node.value !== null && node.text !== '' ? node : undefined;
}

/** The value of a scalar that is a number. */
export function numberOf(node: Node | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

export function isNull(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === null;
}
