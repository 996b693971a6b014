import type { ProjectGraph } from '@nx/devkit';

/** Workspace-relative paths of the manifests that the projects of a graph come from, sorted. */
export function manifestsOf(graph: ProjectGraph): string[] {
  const manifests = new Set<string>();
  for (const { data } of Object.values(graph.nodes)) {
    for (const { executor, options } of Object.values(data.targets ?? {})) {
      if (executor === 'nx-image-matrix:matrix') manifests.add(options.manifest as string);
    }
  }
  return [...manifests].sort();
}
