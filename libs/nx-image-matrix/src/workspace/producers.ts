import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { openStore, pluginVersion } from '../matrix/cache/store.ts';
import { liesWithin } from '../fs/links.ts';
import { readRegularFile } from '../fs/read-file.ts';
import { sha256 } from '../matrix/generate-image.ts';
import { ASKING, finishedProjects } from './finished-graph.ts';
import { artifactsIn, producersOf, type Artifact, type Producer } from './outputs.ts';
import { projectFolders } from './project-folders.ts';

export type { Artifact, Producer } from './outputs.ts';

/** The paths that images copy, relative to the workspace. */
export interface CopiedPaths {
  /** Paths that are not committed: a target must create them. */
  ignored: readonly string[];
  /** Committed folders, in which a target may create more. */
  folders: readonly string[];
}

export interface FoundProducers {
  /** By path that is not committed. */
  producers: ReadonlyMap<string, Producer[]>;
  /** By committed folder. */
  artifacts: ReadonlyMap<string, Artifact[]>;
  /** Why there is no answer. */
  problem?: string;
}

interface StoredProducers {
  /** Digest of the files from which targets are inferred, limited to these paths. */
  key: string;
  /** Folders of the projects that create them. */
  roots: string[];
  producers: Record<string, Producer[]>;
  artifacts: Record<string, Artifact[]>;
}

const storeName = 'producers';

/** Bytes; files from which projects are inferred are smaller. */
const LARGEST_CONFIGURATION = 1_000_000;

/**
 * The targets that create what images copy, from the finished project graph. Asks Nx for that graph if the
 * configuration around these paths has changed since the last time; for a folder only if a project may be at, above or
 * below it.
 */
export function findProducers(workspaceRoot: string, { ignored, folders }: CopiedPaths): FoundProducers {
  if (process.env[ASKING] !== undefined) return found({}, {});
  const { concerned, projects: around } = projectFolders(workspaceRoot, folders);
  if (ignored.length + concerned.length === 0) return found({}, {});
  const store = openStore(workspaceRoot, process.env);
  const stored = store.read(storeName) as StoredProducers | undefined;
  const valid = stored && stored.key === keyOf(workspaceRoot, stored, around) ? stored : undefined;
  const { producers: knownPaths = {}, artifacts: knownFolders = {} } = valid ?? {};
  const isKnown =
    ignored.every((path) => Object.hasOwn(knownPaths, path)) &&
    concerned.every((folder) => Object.hasOwn(knownFolders, folder));
  if (isKnown) return found(knownPaths, knownFolders);
  const projects = finishedProjects(workspaceRoot);
  if ('problem' in projects) return { ...found({}, {}), problem: projects.problem };
  const producers = Object.fromEntries(
    union(ignored, knownPaths).map((path) => [path, producersOf(path, projects)] as const),
  );
  const artifacts = Object.fromEntries(
    union(concerned, knownFolders).map((folder) => [folder, artifactsIn(folder, projects)] as const),
  );
  const names = new Set(
    [...Object.values(producers), ...Object.values(artifacts)].flat().map(({ project }) => project),
  );
  const roots = projects.filter(({ name }) => names.has(name)).map(({ root }) => root);
  const answer = { roots, producers, artifacts };
  store.write(storeName, { key: keyOf(workspaceRoot, answer, around), ...answer } satisfies StoredProducers);
  return found(producers, artifacts);
}

function found(producers: Record<string, Producer[]>, artifacts: Record<string, Artifact[]>): FoundProducers {
  return { producers: new Map(Object.entries(producers)), artifacts: new Map(Object.entries(artifacts)) };
}

function union(asked: readonly string[], known: Record<string, unknown>): string[] {
  return [...new Set([...asked, ...Object.keys(known)])].sort();
}

/** Targets are inferred from files directly in a project's folder, and from `nx.json` and its neighbours. */
function keyOf(
  workspaceRoot: string,
  { roots, producers, artifacts }: Omit<StoredProducers, 'key'>,
  around: readonly string[],
): string {
  const paths = [...Object.keys(producers), ...Object.keys(artifacts)];
  const folders = new Set(['.', ...roots, ...around, ...paths.flatMap(foldersAround)]);
  const configurations = [...folders]
    .sort()
    .map((folder) => [folder, configurationOf(workspaceRoot, join(workspaceRoot, folder))]);
  return sha256(JSON.stringify([pluginVersion, configurations]));
}

/** Folders whose project may own a path: those above it, with and without a leading output folder. */
function foldersAround(path: string): string[] {
  const folders: string[] = [];
  for (let folder = path; folder !== '.'; folder = posix.dirname(folder)) {
    folders.push(folder);
    const below = folder.split('/').slice(1).join('/');
    if (below !== '') folders.push(below);
  }
  return folders;
}

/** By name; empty if the folder is missing or outside of the workspace. */
function configurationOf(workspaceRoot: string, folder: string): [name: string, digest: string][] {
  try {
    if (!liesWithin(workspaceRoot, folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isConfiguration(entry.name))
      .map(({ name }): [string, string] => [name, digestOf(join(folder, name))])
      .sort(([one], [other]) => (one < other ? -1 : 1));
  } catch {
    return [];
  }
}

/** Code files only if they are configuration; sources, manifests and lock files change more often than targets do. */
function isConfiguration(name: string): boolean {
  if (/^manifest\.ya?ml$|[-.]lock\b|npm-shrinkwrap/.test(name)) return false;
  return /\.(json|ya?ml|toml|kts?|gradle|(cs|fs|vb)proj|xml)$|^go\.mod$|\bconfig\b.*\.[cm]?[jt]s$/.test(name);
}

function digestOf(path: string): string {
  try {
    return sha256(readRegularFile(path, LARGEST_CONFIGURATION, { follow: false }));
  } catch {
    return '';
  }
}
