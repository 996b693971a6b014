import { isAbsolute, posix, relative, resolve } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';

/** The default data folders of Nx in a workspace. */
const BY_DEFAULT = ['.nx', 'node_modules/.cache/nx'];

/** Settings of Nx's cache folders: https://nx.dev/reference/environment-variables */
const VARIABLES = ['NX_CACHE_DIRECTORY', 'NX_WORKSPACE_DATA_DIRECTORY', 'NX_PROJECT_GRAPH_CACHE_DIRECTORY'];

/**
 * Folders of the workspace, relative to it, in which Nx keeps its data, according to `nx.json` and the environment;
 * sorted.
 */
export function nxDataFolders(
  nxJson: Pick<NxJsonConfiguration, 'cacheDirectory' | 'tasksRunnerOptions'>,
  workspaceRoot: string,
  environment: NodeJS.ProcessEnv,
): string[] {
  const runner: unknown = nxJson.tasksRunnerOptions?.['default']?.options?.cacheDirectory;
  const told = [nxJson.cacheDirectory ?? runner, ...VARIABLES.map((name) => environment[name])];
  const folders = told.flatMap((folder) => {
    if (typeof folder !== 'string' || folder === '') return [];
    const path = posix.normalize(relative(workspaceRoot, resolve(workspaceRoot, folder)).replaceAll('\\', '/'));
    const inside = path !== '.' && path !== '..' && !path.startsWith('../') && !isAbsolute(path);
    return inside && !BY_DEFAULT.some((known) => path === known || path.startsWith(`${known}/`)) ? [path] : [];
  });
  return [...BY_DEFAULT, ...new Set(folders.sort())];
}
