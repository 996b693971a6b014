import type { Problems } from '../yaml/problems.ts';
import type { Manifest } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';

/** The inputs of a rule: the tree for the source, the manifest for its meaning. */
export interface RuleContext {
  tree: Node;
  manifest: Manifest;
  problems: Problems;
}
