import type { ProjectGraph } from '@nx/devkit';
import { executorOf } from '../options/targets.ts';

/** Workspace-relative paths of the manifests that the projects of a graph come from, sorted. */
export function manifestsOf(graph: Pick<ProjectGraph, 'nodes'>): string[] {
  return [...matrixProjectsOf(graph).keys()].sort();
}

/** The projects of manifests, by the workspace-relative path of the manifest. */
export function matrixProjectsOf({ nodes }: Pick<ProjectGraph, 'nodes'>): Map<string, string> {
  const projects = new Map<string, string>();
  for (const { name, data } of Object.values(nodes)) {
    for (const { executor, options } of Object.values(data.targets ?? {})) {
      const manifest: unknown = options?.manifest;
      if (executor === executorOf('matrix') && typeof manifest === 'string') projects.set(manifest, name);
    }
  }
  return projects;
}
