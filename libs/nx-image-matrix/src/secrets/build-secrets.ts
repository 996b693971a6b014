import { join } from 'node:path';
import { resolveBuildSecrets, type ResolvedSecret, type SecretLimits } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../build-plan/plan.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { isCi } from '../workspace/ci.ts';
import { warnOfWeak } from './warn-of-weak.ts';

/**
 * The build secrets of an image, with their values; hidden from all output, or warned of where they cannot be.
 * @param passwords variables that hold passwords of registries, by name, with the manifest that says so
 * @throws EngineError when one is missing, or may not be read
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

/** What build secrets may be taken from in this run. */
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
