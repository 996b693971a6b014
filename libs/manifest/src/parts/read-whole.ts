import type { Problems } from '../yaml/problems.ts';
import type { Node } from '../yaml/tree.ts';
import { insertData } from './data-files.ts';
import type { FileReader } from './file-reader.ts';
import { mergeParts } from './merge-parts.ts';
import { readParts } from './read-parts.ts';
import { SourceFiles } from './source-files.ts';

/**
 * The tree of a manifest with everything that it includes, or of the folder `file` if `text` is absent. `undefined` if
 * a file of it is missing or broken: then the others cannot be checked.
 */
export function readWhole(
  text: string | undefined,
  file: string,
  reader: FileReader,
  problems: Problems,
): Node | undefined {
  const sources = new SourceFiles(file, reader, problems);
  const { trees, complete } = readParts(text, sources);
  if (!complete) return undefined;
  const tree = mergeParts(trees, problems);
  if (tree) insertData(tree, sources);
  return tree;
}
