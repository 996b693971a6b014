import type { ExecutorContext, ProjectConfiguration, Tree } from '@nx/devkit';
import { manifestOptions, type OptionsOf } from '../options/manifest-options.ts';
import { manifestsOf } from './manifests.ts';

/** The manifests of a workspace, and the other inputs of their images. */
export interface Workspace {
  root: string;
  /** Workspace-relative paths of its manifests. */
  manifests: readonly string[];
  optionsOf: OptionsOf;
  environment: NodeJS.ProcessEnv;
}

/** A workspace with its project graph. */
export interface GraphWorkspace extends Workspace {
  /** By name. */
  projects: Readonly<Record<string, ProjectConfiguration>>;
}

/** The workspace of an executor. */
export function workspaceOfRun({
  root,
  nxJsonConfiguration,
  projectsConfigurations: { projects },
}: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>): GraphWorkspace {
  const optionsOf = manifestOptions(nxJsonConfiguration ?? {}, root);
  return { root, manifests: manifestsOf(projects), optionsOf, environment: process.env, projects };
}

/**
 * The workspace of a generator. Its files are for all runs, so `IMAGE_VERSION`, which belongs to a single run, is left
 * out.
 */
export async function workspaceOfGenerator(tree: Tree): Promise<GraphWorkspace> {
  const { createProjectGraphAsync, readNxJson } = await import('@nx/devkit');
  const { nodes } = await createProjectGraphAsync();
  const projects = Object.fromEntries(Object.values(nodes).map(({ name, data }) => [name, data]));
  return {
    ...workspaceOfManifests(tree, manifestOptions(readNxJson(tree) ?? {}, tree.root), manifestsOf(projects)),
    projects,
  };
}

/** The part of such a workspace with these manifests, whether or not they are in the project graph. */
export function workspaceOfManifests(
  { root }: Pick<Tree, 'root'>,
  optionsOf: OptionsOf,
  manifests: readonly string[],
): Workspace {
  return { root, manifests, optionsOf, environment: { ...process.env, IMAGE_VERSION: undefined } };
}

/** @throws Error if a workspace has no manifest. */
export function requireManifests({ manifests }: Workspace): void {
  if (manifests.length > 0) return;
  throw new Error('There is no manifest.yml with "packages" and "releases" in this workspace.');
}
