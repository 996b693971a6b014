import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExecutorContext } from '@nx/devkit';
import { likelyPlatforms } from '@nx-image-matrix/engine';
import { imageFolders } from '../../workspace/image-folders.ts';
import { BuildPlanner, type BuildPlan } from '../../build-plan/plan.ts';

/** The images of a package with floating tags, or why none of its tags can be moved. */
export interface PackageCandidates {
  name: string;
  plans: BuildPlan[];
  problems: string[];
}

/** The packages of a manifest that have floating tags, sorted by name. */
export async function candidatesOf(
  manifest: string,
  context: Pick<ExecutorContext, 'root' | 'projectsConfigurations'>,
): Promise<PackageCandidates[]> {
  const folders = imageFolders(context);
  const planner = new BuildPlanner(context.root, folders, likelyPlatforms(process.env));
  const packages = new Map<string, PackageCandidates>();
  for (const folder of folders.values()) {
    if (folder.manifest !== manifest || folder.floatingTags.length === 0) continue;
    const found = packages.get(folder.package) ?? { name: folder.package, plans: [], problems: [] };
    packages.set(folder.package, found);
    try {
      const plan = await planner.plan(folder);
      found.plans.push(plan);
      found.problems.push(...problemsOf(plan));
    } catch (error) {
      found.problems.push(`${folder.project}: ${messageOf(error)}`);
    }
  }
  for (const found of packages.values()) found.problems.push(...sharedTags(found.plans));
  return [...packages.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The build ID is that of the files on disk, which may be from another version or from before an edit. */
function problemsOf(plan: BuildPlan): string[] {
  const stale = withParents(plan).find(({ folder }) => !folder.upToDate);
  return [
    ...(stale
      ? [`${stale.folder.root} does not hold the files of the manifest; run its docker-generate target or "nx sync"`]
      : []),
    ...(plan.document.unversioned
      ? [`${plan.document.reference} mentions the release version, but none was given; set IMAGE_VERSION`]
      : []),
  ];
}

function withParents(plan: BuildPlan): BuildPlan[] {
  return [plan, ...plan.parents.flatMap(withParents)];
}

function sharedTags(plans: readonly BuildPlan[]): string[] {
  const owners = new Map<string, string[]>();
  for (const { document, folder } of plans) {
    for (const tag of document.floatingTags) owners.set(tag, [...(owners.get(tag) ?? []), folder.project]);
  }
  return [...owners]
    .filter(([, projects]) => projects.length > 1)
    .map(
      ([tag, projects]) => `"${tag}" is a floating tag of ${projects.join(' and of ')}; it can be of one image only`,
    );
}
