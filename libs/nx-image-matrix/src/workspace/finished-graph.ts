import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
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

/** Bytes of what Nx prints. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * The projects of the finished project graph. A plugin sees no target that another one infers while the graph is made,
 * so this has Nx make the graph beside it, in a folder of its own: https://nx.dev/nx-api/nx/documents/dep-graph
 * @returns `undefined` where Nx cannot make it; whoever asked for the outer graph hears why.
 * @throws EngineError where there is no room for that folder.
 */
export function finishedProjects(workspaceRoot: string): ProjectTargets[] | undefined {
  return withGraph(workspaceRoot, ({ status }, file) => {
    if (status !== 0) return undefined;
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as { graph: Pick<ProjectGraph, 'nodes'> };
    return Object.values(graph.nodes).map(({ name, data }) => targetsOf(name, data));
  });
}

/**
 * Whether Nx does not make the graph of this workspace because several projects have one of these names.
 * @throws EngineError where there is no room for the folder of that graph.
 */
export function refusesNames(workspaceRoot: string, names: readonly string[]): boolean {
  // Some releases go on with a part of the graph, and end with 0.
  const refused = withGraph(workspaceRoot, ({ stdout, stderr }) => {
    const lines = new Set(`${stdout}\n${stderr}`.split('\n').map((line) => line.trim()));
    return names.some((name) => lines.has(`- ${name}:`));
  });
  return refused ?? false;
}

/** `undefined` where what is made of the answer throws. */
function withGraph<T>(
  workspaceRoot: string,
  read: (answer: SpawnSyncReturns<string>, file: string) => T,
): T | undefined {
  const folder = makePrivateFolder();
  try {
    const file = join(folder, 'graph.json');
    const answer = spawnSync(process.execPath, [nxProgram(workspaceRoot), 'graph', `--file=${file}`], {
      cwd: workspaceRoot,
      env: { ...environment(), NX_WORKSPACE_DATA_DIRECTORY: folder, NX_PROJECT_GRAPH_CACHE_DIRECTORY: folder },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: LARGEST_ANSWER,
      timeout: TIMEOUT,
      windowsHide: true,
    });
    return read(answer, file);
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
    // Without, Nx 22 and 23 do not say what is wrong.
    NX_VERBOSE_LOGGING: 'true',
  };
}
