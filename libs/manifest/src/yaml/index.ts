export { Problems } from './problems.ts';
export { readTree } from './read-tree.ts';
export type { Entry, Item, MapNode, Node, Place, ScalarNode } from './tree.ts';
