import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '@nx-image-matrix/engine/private-folder';
import type { ProjectConfiguration, ProjectGraph } from '@nx/devkit';
import type { ProjectTargets } from './outputs.ts';

/** Set where a graph is made for this plugin, which does not ask for another one then. */
export const ASKING = 'NX_IMAGE_MATRIX_ASKS';

/** Milliseconds. */
const TIMEOUT = 300_000;

/**
 * The projects of the finished project graph. A plugin sees no target that another one infers while the graph is made,
 * so this has Nx make the graph beside it, in a folder of its own: https://nx.dev/nx-api/nx/documents/dep-graph
 * @returns `undefined` where Nx cannot make it; whoever asked for the outer graph hears why.
 * @throws EngineError where there is no room for that folder.
 */
export function finishedProjects(workspaceRoot: string): ProjectTargets[] | undefined {
  const folder = makePrivateFolder();
  try {
    const file = join(folder, 'graph.json');
    const { status } = spawnSync(process.execPath, [nxProgram(workspaceRoot), 'graph', `--file=${file}`], {
      cwd: workspaceRoot,
      env: { ...environment(), NX_WORKSPACE_DATA_DIRECTORY: folder, NX_PROJECT_GRAPH_CACHE_DIRECTORY: folder },
      stdio: 'ignore',
      timeout: TIMEOUT,
      windowsHide: true,
    });
    if (status !== 0) return undefined;
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as { graph: Pick<ProjectGraph, 'nodes'> };
    return Object.values(graph.nodes).map(({ name, data }) => targetsOf(name, data));
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function targetsOf(name: string, { root, targets }: ProjectConfiguration): ProjectTargets {
  return { name, root, targets: targets ?? {} };
}

function nxProgram(workspaceRoot: string): string {
  const path = createRequire(join(workspaceRoot, 'package.json')).resolve('nx/package.json');
  const { bin } = JSON.parse(readFileSync(path, 'utf8')) as { bin: { nx: string } };
  return join(dirname(path), bin.nx);
}

/** Without what belongs to the run around it. https://nx.dev/reference/environment-variables */
function environment(): NodeJS.ProcessEnv {
  const {
    NX_FORCE_REUSE_CACHED_GRAPH: _reuse,
    NX_INVOKED_BY_RUNNER: _runner,
    NODE_OPTIONS: _options,
    ...others
  } = process.env;
  return {
    ...others,
    [ASKING]: 'true',
    NX_DAEMON: 'false',
    NX_TUI: 'false',
    NX_ISOLATE_PLUGINS: 'false',
    NX_NO_CLOUD: 'true',
  };
}
