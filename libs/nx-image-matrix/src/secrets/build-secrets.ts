import { join } from 'node:path';
import { resolveBuildSecrets, type ResolvedSecret, type SecretLimits } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../build-plan/plan.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { isCi } from '../workspace/ci.ts';
import { warnOfWeak } from './warn-of-weak.ts';

/**
 * The build secrets of an image, with their values. Masks them in all output, or warns if that is impossible.
 * @param passwords variables with passwords of registries, by name, with the manifest that names them
 * @throws EngineError if one is missing, or may not be read
 */
export async function buildSecrets(
  workspaceRoot: string,
  { document, folder }: BuildPlan,
  options: ResolvedOptions['buildSecrets'],
  passwords: ReadonlyMap<string, string>,
): Promise<ResolvedSecret[]> {
  const limits = secretLimits(workspaceRoot, options, passwords);
  const contextDir = join(workspaceRoot, folder.contextDir);
  const secrets = await resolveBuildSecrets(document.secrets ?? [], contextDir, process.env, limits);
  warnOfWeak(secrets);
  return secrets;
}

/** The allowed sources of build secrets in this run. */
export function secretLimits(
  workspaceRoot: string,
  { env, folders }: ResolvedOptions['buildSecrets'],
  passwords: ReadonlyMap<string, string>,
): SecretLimits {
  return {
    workspace: workspaceRoot,
    folders,
    variables: isCi(process.env) ? new Set(env) : undefined,
    passwords,
  };
}
