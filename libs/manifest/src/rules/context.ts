import type { Problems } from '../yaml/problems.ts';
import type { Manifest } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';

/** What a rule looks at: the tree for what is written, the manifest for what it means. */
export interface RuleContext {
  tree: Node;
  manifest: Manifest;
  problems: Problems;
}
