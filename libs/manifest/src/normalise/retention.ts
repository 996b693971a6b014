import type { Retention } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { namedEntriesOf, numberOf, textOf, valueOf } from './read.ts';

/** The section `retention` by release type, without entries that are switched off or malformed. */
export function readRetention(node: Node | undefined): Map<string, Retention> {
  return new Map(
    namedEntriesOf(node).flatMap(([type, { value }]): [string, Retention][] => {
      const keep = numberOf(valueOf(value, 'keep'));
      const pattern = textOf(valueOf(value, 'pattern'))?.text;
      return keep === undefined || pattern === undefined ? [] : [[type, { keep, pattern }]];
    }),
  );
}
