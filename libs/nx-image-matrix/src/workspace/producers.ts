import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { NxJsonConfiguration, ProjectConfiguration, TargetConfiguration } from '@nx/devkit';

/** A target of another project that makes a file. */
export interface Producer {
  project: string;
  target: string;
}

interface Candidate {
  name: string;
  root: string;
  targets: Record<string, Pick<TargetConfiguration, 'outputs' | 'options'>>;
}

/**
 * Finds the targets that make a workspace path (`dist/apps/api`, `apps/api/dist/main.js`): those whose declared outputs
 * hold it, in the projects that it can belong to by its name; else their `build`. A plugin sees no other plugin's
 * targets while the graph is made, so what counts are `project.json`, `package.json` and `targetDefaults`.
 */
export function createProducerFinder(
  workspaceRoot: string,
  targetDefaults: NxJsonConfiguration['targetDefaults'] | undefined,
): (path: string) => Producer | undefined {
  const candidates = new Map<string, Candidate | undefined>();
  const candidateAt = (root: string): Candidate | undefined => {
    if (!candidates.has(root)) candidates.set(root, readCandidate(workspaceRoot, root));
    return candidates.get(root);
  };
  return (path) => {
    for (const root of possibleRoots(path)) {
      const candidate = candidateAt(root);
      if (candidate) return producerIn(candidate, path, targetDefaults);
    }
    return undefined;
  };
}

/** Folders whose project may own a path, nearest first: its ancestors, with and without a leading output folder. */
function possibleRoots(path: string): string[] {
  const segments = path.split('/').filter((segment) => segment !== '');
  const below = (from: number): string[] =>
    segments.slice(from).map((_, index, rest) => rest.slice(0, rest.length - index).join('/'));
  return [...below(1), ...below(0)];
}

function readCandidate(workspaceRoot: string, root: string): Candidate | undefined {
  const project = readJson<Partial<ProjectConfiguration>>(join(workspaceRoot, root, 'project.json'));
  const manifest = readJson<{ name?: string; scripts?: Record<string, string>; nx?: Partial<ProjectConfiguration> }>(
    join(workspaceRoot, root, 'package.json'),
  );
  if (!project && !manifest) return undefined;
  const scripts = Object.fromEntries(Object.keys(manifest?.scripts ?? {}).map((script) => [script, {}]));
  return {
    name: project?.name ?? manifest?.nx?.name ?? manifest?.name ?? posix.basename(root),
    root,
    targets: { ...scripts, ...manifest?.nx?.targets, ...project?.targets },
  };
}

function producerIn(
  candidate: Candidate,
  path: string,
  targetDefaults: NxJsonConfiguration['targetDefaults'] | undefined,
): Producer | undefined {
  for (const [target, { outputs, options }] of Object.entries(candidate.targets)) {
    const patterns = outputs ?? defaultOutputs(targetDefaults, target) ?? [];
    if (patterns.some((pattern) => holds(interpolate(pattern, candidate, options), path))) {
      return { project: candidate.name, target };
    }
  }
  return 'build' in candidate.targets ? { project: candidate.name, target: 'build' } : undefined;
}

function defaultOutputs(
  targetDefaults: NxJsonConfiguration['targetDefaults'] | undefined,
  target: string,
): string[] | undefined {
  const defaults = (targetDefaults as Record<string, { outputs?: string[] }> | undefined)?.[target];
  return defaults?.outputs;
}

function interpolate(pattern: string, { name, root }: Candidate, options: Record<string, unknown> | undefined): string {
  return pattern
    .replace('{workspaceRoot}/', '')
    .replace('{projectRoot}', root)
    .replace('{projectName}', name)
    .replace(/\{options\.(\w+)\}/, (whole, key: string) => String(options?.[key] ?? whole));
}

function holds(output: string, path: string): boolean {
  const folder = output.replace(/\/?(\*.*)?$/, '');
  return folder === path || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`);
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
