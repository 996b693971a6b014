import { checkAttestations } from './attestations.ts';
import { checkAxisLabels } from './axis-labels.ts';
import { checkCudaDependencies } from './cuda-dependencies.ts';
import { checkDistros } from './distros.ts';
import { checkExclusions } from './exclusions.ts';
import { checkLayers } from './layers.ts';
import { checkNames } from './names.ts';
import { checkPackageSpec } from './package-spec.ts';
import { checkCudaAvailable, checkReleaseCuda } from './release-cuda.ts';
import { checkNeededKeys, checkReleaseReferences } from './release-keys.ts';
import { checkReleaseTypes } from './release-types.ts';
import { checkRepositories } from './repositories.ts';
import { checkRetention } from './retention.ts';
import { checkScan } from './scan.ts';
import { checkStaging } from './staging.ts';
import type { RuleContext } from './context.ts';

/** Everything the schema cannot express. Each rule reports what it finds and skips what is malformed. */
export const rules: readonly ((context: RuleContext) => void)[] = [
  checkRepositories,
  checkStaging,
  checkRetention,
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
  checkScan,
  checkAttestations,
  checkAxisLabels,
  checkExclusions,
];
