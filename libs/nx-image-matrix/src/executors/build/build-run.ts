import type { Engine } from '@nx-image-matrix/engine';
import type { AttestationSettings } from '@nx-image-matrix/manifest';
import type { BuildPlan, BuildPlanner } from '../../build-plan/plan.ts';
import type { OptionsOf } from '../../options/manifest-options.ts';
import type { SecretFiles } from '../../secrets/refuse-secrets.ts';
import type { Stagings } from '../../staging/stagings.ts';
import { isCi } from '../../workspace/ci.ts';
import type { Reporter } from '../progress/reporter.ts';
import type { BuildEnvironment } from './build-environment.ts';

/** State shared by the tasks of a run. */
export interface BuildRun {
  root: string;
  optionsOf: OptionsOf;
  engine: Engine;
  /** Whether the machine has no engine, so that images can only be reused. */
  withoutEngine: boolean;
  planner: BuildPlanner;
  environment: BuildEnvironment;
  stagings: Stagings;
  signal: AbortSignal;
  /** Variables with passwords of registries, of all manifests. */
  passwords: ReadonlyMap<string, string>;
  secretFiles: SecretFiles;
  report: Reporter;
}

/** What is attested of an image in this run. A builder that puts images into staging always attests them. */
export function attestationsIn(
  { engine, environment, stagings }: Pick<BuildRun, 'engine' | 'environment' | 'stagings'>,
  plan: BuildPlan,
): AttestationSettings | undefined {
  const isStagedAtOnce = engine.builder !== undefined && stagings.of(plan)?.isWritable === true;
  return environment.withoutAttestations && !isStagedAtOnce ? undefined : plan.document.attestations;
}

/** Whether an image that is reused from staging is pulled. */
export function isPulled({ engine, withoutEngine, environment, optionsOf }: BuildRun, { folder }: BuildPlan): boolean {
  if (engine.builder?.loads === false) return false;
  return !withoutEngine && (environment.load ?? optionsOf(folder.manifest).load ?? !isCi(process.env));
}
