import type { Text } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { namedEntriesOf } from './read.ts';

/** The labels of axes by argument; a key with nothing after it means the usual label. */
export function readAxisLabels(node: Node | undefined): Map<string, Text> {
  return new Map(
    namedEntriesOf(node).flatMap(([name, { value }]): [string, Text][] =>
      value.kind === 'scalar' && value.value !== null ? [[name, value]] : [],
    ),
  );
}
