import type { Node } from './tree.ts';

/** A tree as plain data; aliases share objects. Own properties only: a `__proto__` key is an ordinary key. */
export function toPlain(node: Node, known = new Map<Node, unknown>()): unknown {
  if (node.kind === 'hole') return null;
  if (node.kind === 'scalar') return node.value;
  if (!known.has(node)) {
    known.set(
      node,
      node.kind === 'list'
        ? node.items.map((item) => toPlain(item.value, known))
        : Object.fromEntries([...node.entries].map(([name, entry]) => [name, toPlain(entry.value, known)])),
    );
  }
  return known.get(node);
}
