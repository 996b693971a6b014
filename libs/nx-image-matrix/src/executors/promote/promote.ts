import type { ExecutorContext } from '@nx/devkit';
import { masked } from '@nx-image-matrix/engine';
import { manifestOptions } from '../../options/manifest-options.ts';
import { planTable, type PlannedReference } from '../../format/plan-table.ts';
import { repositoryPasswords } from '../../repositories/passwords.ts';
import { registryAccess } from '../../repositories/registry-access.ts';
import { runTags } from '../run-tags.ts';
import { candidatesOf } from './candidates.ts';
import { promotePackage } from './promote-package.ts';

/** Options of the `promote` executor. */
export interface PromoteOptions {
  /** Workspace-relative path of the manifest; the plugin fills it in. */
  manifest: string;
  /** Print what would be moved, and move nothing. */
  dryRun?: boolean;
}

/** The results of all packages, as lines to print. */
export interface Promotion {
  success: boolean;
  lines: string[];
}

/**
 * Moves the floating tags of a manifest's packages to the images that were pushed from the current files: all tags of a
 * package, or none. Accesses only registries, so it needs neither a container engine nor a local image.
 */
export async function promoteTags(
  { manifest, dryRun = false }: PromoteOptions,
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>,
  signal: AbortSignal,
): Promise<Promotion> {
  const packages = await candidatesOf(manifest, context);
  if (packages.length === 0) return { success: true, lines: [`No image of ${manifest} has floating tags.`] };
  repositoryPasswords(context.root, manifest);
  const { insecureRegistries: insecure } = manifestOptions(context.nxJsonConfiguration ?? {}, context.root)(manifest);
  const access = registryAccess({ insecure, signal });
  const settings = { manifest, dryRun, root: context.root, access, fill: runTags(context.root), signal };
  const lines: string[] = [];
  const planned: PlannedReference[] = [];
  let success = true;
  for (const candidates of packages) {
    const promotion = await promotePackage(candidates, settings);
    success &&= promotion.success;
    lines.push(...promotion.lines.map((line) => `${candidates.name}: ${line}`));
    planned.push(...(promotion.planned ?? []));
  }
  if (planned.length > 0) lines.push(planTable(planned));
  return { success, lines: lines.map(masked) };
}
