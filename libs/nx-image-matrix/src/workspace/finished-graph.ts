import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '@nx-image-matrix/engine/private-folder';
import type { ProjectConfiguration, ProjectGraph } from '@nx/devkit';
import type { ProjectTargets } from './outputs.ts';

/** Set for a graph that this plugin requests, which does not request another one. */
export const ASKING = 'NX_IMAGE_MATRIX_ASKS';

/** Milliseconds. Nx makes the outer graph in about the same time. */
const TIMEOUT = 120_000;

/** Bytes of what Nx prints. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

/**
 * The projects of the finished project graph. While the graph is made, a plugin does not see targets that other plugins
 * infer, so this runs Nx to make the graph again, in a folder of its own: https://nx.dev/nx-api/nx/documents/dep-graph
 * @returns the first lines of Nx's output, if it fails.
 * @throws EngineError if there is no space for that folder.
 */
export function finishedProjects(workspaceRoot: string): ProjectTargets[] | { problem: string } {
  let problem = 'there is no Nx in this workspace, or it has written nothing';
  const projects = withGraph(workspaceRoot, ({ status, stdout, stderr, error }, file) => {
    if (error || status !== 0) {
      problem = error?.message ?? firstWords(`${stdout}\n${stderr}`) ?? `nx graph ended with exit code ${status}`;
      return undefined;
    }
    const { graph } = JSON.parse(readFileSync(file, 'utf8')) as { graph: Pick<ProjectGraph, 'nodes'> };
    return Object.values(graph.nodes).map(({ name, data }) => targetsOf(name, data));
  });
  return projects ?? { problem };
}

/** Nx prints what is wrong first, and then the stack trace. */
function firstWords(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.replace(/^\s*NX\s+/, '').trim());
  return lines.find((line) => line !== '');
}

/**
 * Whether Nx cannot make the graph of this workspace because several projects have one of these names.
 * @throws EngineError if there is no space for the folder of that graph.
 */
export function refusesNames(workspaceRoot: string, names: readonly string[]): boolean {
  // Some releases continue with a part of the graph, and exit with 0.
  const refused = withGraph(workspaceRoot, ({ stdout, stderr }) => {
    const lines = new Set(`${stdout}\n${stderr}`.split('\n').map((line) => line.trim()));
    return names.some((name) => lines.has(`- ${name}:`));
  });
  return refused ?? false;
}

/** `undefined` if processing the answer throws. */
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
      killSignal: 'SIGKILL',
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

/** Without the variables of the surrounding run. https://nx.dev/reference/environment-variables */
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
    // Otherwise Nx 22 and 23 do not print what is wrong.
    NX_VERBOSE_LOGGING: 'true',
  };
}
