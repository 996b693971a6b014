import type { ReproducibleSettings } from '../image.ts';
import type { Node } from '../yaml/tree.ts';
import { numberOf, valueOf } from './read.ts';

/** The key `reproducible` of one level; `null` if it switches off that of weaker levels. */
export function readReproducible(node: Node): ReproducibleSettings | null {
  if (node.kind === 'map') {
    return { epoch: numberOf(valueOf(node, 'epoch')) ?? 0 };
  }
  return node.kind === 'scalar' && node.value === true ? { epoch: 0 } : null;
}
