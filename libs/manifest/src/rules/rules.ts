import type { Problems } from '../diagnostics/problems.ts';
import type { Manifest } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { checkCudaDependencies } from './cuda-dependencies.ts';
import { checkDistros } from './distros.ts';
import { checkLayers } from './layers.ts';
import { checkNames } from './names.ts';
import { checkPackageSpec } from './package-spec.ts';
import { checkCudaAvailable, checkReleaseCuda } from './release-cuda.ts';
import { checkNeededKeys, checkReleaseReferences } from './release-keys.ts';
import { checkReleaseTypes } from './release-types.ts';
import { checkRepositories } from './repositories.ts';

/** What a rule looks at: the tree for what is written, the manifest for what it means. */
export interface RuleContext {
  tree: Node;
  manifest: Manifest;
  problems: Problems;
}

/** All that the schema cannot say. Each rule reports what it finds and passes over what was malformed. */
export const rules: readonly ((context: RuleContext) => void)[] = [
  checkRepositories,
  checkCudaDependencies,
  checkReleaseCuda,
  checkNames,
  checkReleaseTypes,
  checkDistros,
  checkPackageSpec,
  checkNeededKeys,
  checkReleaseReferences,
  checkCudaAvailable,
  checkLayers,
];
