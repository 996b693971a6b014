import type { ProjectConfiguration } from '@nx/devkit';
import { executorOf } from '../options/targets.ts';

/** Possible file names of a manifest. */
export const manifestNames = ['manifest.yml', 'manifest.yaml'] as const;

/** The files of these names, as an Nx glob. */
export const manifestGlob = '**/manifest.{yml,yaml}';

type Projects = Readonly<Record<string, Pick<ProjectConfiguration, 'targets'>>>;

/** Workspace-relative paths of the manifests of the project graph's projects, sorted. */
export function manifestsOf(projects: Projects): string[] {
  return [...matrixProjectsOf(projects).keys()].sort();
}

/** The projects of manifests, by the workspace-relative path of the manifest. */
export function matrixProjectsOf(projects: Projects): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, { targets = {} }] of Object.entries(projects)) {
    for (const { executor, options } of Object.values(targets)) {
      const manifest: unknown = options?.manifest;
      if (executor === executorOf('matrix') && typeof manifest === 'string') found.set(manifest, name);
    }
  }
  return found;
}
