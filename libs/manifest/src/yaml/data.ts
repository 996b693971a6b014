import type { Node, ScalarNode } from './tree.ts';

/** A value for templates. */
export type Data = string | boolean | null | readonly Data[] | { readonly [name: string]: Data };

/**
 * A tree as a value for templates, in which numbers keep their spelling: `3.10` is the text `3.10`. Aliases share values.
 * A key such as `__proto__` is an ordinary key.
 */
export function dataOf(node: Node, known = new Map<Node, Data>()): Data {
  if (node.kind === 'hole') return null;
  if (node.kind === 'scalar') return scalarOf(node);
  let data = known.get(node);
  if (data === undefined) {
    data =
      node.kind === 'list'
        ? node.items.map((item) => dataOf(item.value, known))
        : Object.fromEntries([...node.entries].map(([name, entry]) => [name, dataOf(entry.value, known)]));
    known.set(node, data);
  }
  return data;
}

function scalarOf({ value, text }: ScalarNode): Data {
  return value === null || typeof value === 'boolean' ? value : text;
}
