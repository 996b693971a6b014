import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExecutorContext } from '@nx/devkit';
import { likelyPlatforms } from '@nx-image-matrix/engine';
import { canonicalRepository } from '@nx-image-matrix/manifest/reference';
import { partsOf } from '../../build-plan/built-from.ts';
import { BuildPlanner, type BuildPlan } from '../../build-plan/plan.ts';
import { usualPlatforms } from '../../build-plan/usual-platforms.ts';
import { readStaging, readStagingEntry, type ActiveRepository } from '../../repositories/repositories.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { StagingRules } from './old-staged.ts';

/** The staging repository to prune. */
export interface StagingScope {
  target: ActiveRepository;
  rules: Omit<StagingRules, 'now'>;
  fixedTimes: ReadonlySet<number>;
}

/** The staging repository of a manifest, or why it is left alone. */
export type FoundStaging = { scope: StagingScope } | { note: string } | { problems: string[] } | undefined;

/** The staging repository of a manifest; `undefined` without one. @throws Error if the manifest cannot be read */
export async function stagingScope(
  workspace: Workspace,
  manifest: string,
  context: Pick<ExecutorContext, 'projectsConfigurations'>,
): Promise<FoundStaging> {
  const { root } = workspace;
  const entry = readStagingEntry(root, manifest);
  if (!entry) return undefined;
  const target = readStaging(root, manifest, process.env);
  if (!target) return { note: `skipped ${entry.repository}: ${entry.onlyIf} is not set` };
  const isSharing = (file: string): boolean => {
    const other = readStagingEntry(root, file);
    return other !== undefined && canonicalRepository(other.repository) === canonicalRepository(entry.repository);
  };
  const sharing = new Set(workspace.manifests.filter(isSharing));
  const folders = imageFolders(context);
  const own = [...folders.values()].filter((folder) => sharing.has(folder.manifest));
  const planner = new BuildPlanner(root, folders, likelyPlatforms(process.env));
  const current = new Set<string>();
  const problems = new Set<string>();
  for (const folder of own) {
    if (!folder.upToDate) {
      problems.add(`${folder.root} does not hold the files of the manifest; run "nx sync"`);
      continue;
    }
    try {
      for (const id of buildIdsOf(await planner.plan(folder))) current.add(id.replace(/^sha256:/, ''));
    } catch (error) {
      problems.add(`${folder.project}: ${messageOf(error)}`);
    }
  }
  if (problems.size > 0)
    return {
      problems: [...problems].map((problem) => `${entry.repository}: ${problem}`),
    };
  return {
    scope: {
      target,
      rules: { keep: entry.keep, current },
      fixedTimes: fixedTimesOf(own),
    },
  };
}

/** The IDs of an image on all machines that may build it, and those of its platforms. */
function buildIdsOf(plan: BuildPlan): string[] {
  const elsewhere = plan.requested.length > 0 ? [] : usualPlatforms.map((platforms) => plan.buildIdFor(platforms));
  return [plan.buildId, ...partsOf(plan).map(({ buildId }) => buildId), ...elsewhere];
}

function fixedTimesOf(folders: readonly ImageFolder[]): Set<number> {
  return new Set(folders.flatMap(({ reproducible }) => (reproducible ? [reproducible.epoch * 1000] : [])));
}
