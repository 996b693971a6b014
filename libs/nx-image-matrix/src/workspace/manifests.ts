import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { executorOf } from '../options/targets.ts';

/** Possible file names of a manifest. */
export const manifestNames = ['manifest.yml', 'manifest.yaml'] as const;

/** Name of a folder whose files are together a manifest. */
export const folderName = 'manifest';

/** Names of the files of such a folder, from the folder around it. */
export const folderFiles = [`${folderName}/*.yml`, `${folderName}/*.yaml`] as const;

/** The files of these names, as an Nx glob. */
export const manifestGlob = `**/{manifest,${folderName}/*}.{yml,yaml}`;

/** Whether a path is that of a manifest that is a folder. */
export function isManifestFolder(manifest: string): boolean {
  return posix.basename(manifest) === folderName;
}

/** Sorted paths of what may be manifests: the files of their names, and the folders of the others. */
export function manifestsAmong(files: readonly string[]): string[] {
  const isNamed = (file: string): boolean => manifestNames.some((name) => posix.basename(file) === name);
  const folders = files.map((file) => posix.dirname(file)).filter(isManifestFolder);
  return [...new Set([...files.filter(isNamed), ...folders])].sort();
}

/** The folders `manifest` that a manifest has to include or to be alone with: the one beside it, and its own. */
export function foldersAround(manifest: string): string[] {
  const own = posix.dirname(manifest);
  return [posix.join(own, folderName), ...(isManifestFolder(own) ? [own] : [])];
}

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
