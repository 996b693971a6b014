import type { Entry, Item, Node, Place, ScalarNode } from '../yaml/tree.ts';

/** The target of a JSON pointer in the tree. */
export interface Location {
  value: Node;
  /** Where the value is written. */
  at: Place;
  /** The nearest key above it, or its own. */
  key?: ScalarNode;
  /** An entry of a list, which has no key. */
  isItem: boolean;
  /** Path of keys and list indexes. */
  path: string[];
}

/** Follows a JSON pointer (RFC 6901) from ajv's `instancePath`. */
export function locate(root: Node, pointer: string): Location {
  const path = pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
  let location: Location = { value: root, at: root, isItem: false, path };
  for (const segment of path) {
    const child = childOf(location.value, segment);
    if (!child) break;
    const hasKey = 'key' in child;
    location = { value: child.value, at: child.at, key: hasKey ? child.key : location.key, isItem: !hasKey, path };
  }
  return location;
}

function childOf(node: Node, segment: string): Item | Entry | undefined {
  if (node.kind === 'map') return node.entries.get(segment);
  return node.kind === 'list' ? node.items[Number(segment)] : undefined;
}
