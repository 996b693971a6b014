import type { Signing } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { textOf, valueOf } from './read.ts';

/** The key `sign` of a repository, unless it is switched off or names neither a key nor `keyless`. */
export function readSigning(node: Node | undefined): Signing | undefined {
  if (node?.kind !== 'map') return undefined;
  const key = textOf(valueOf(node, 'key'))?.text;
  if (key === undefined && !isTrue(valueOf(node, 'keyless'))) return undefined;
  const log = valueOf(node, 'transparency_log');
  return { ...(key !== undefined && { key }), transparencyLog: !(log?.kind === 'scalar' && log.value === false) };
}

/** Whether a value is `true`. */
export function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true;
}
