import { readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { openStore, pluginVersion } from '../matrix/cache/store.ts';
import { liesWithin } from '../fs/links.ts';
import { readRegularFile } from '../fs/read-file.ts';
import { sha256 } from '../matrix/generate-image.ts';
import { ASKING, finishedProjects } from './finished-graph.ts';
import { producersOf, type Producer } from './outputs.ts';

export type { Producer } from './outputs.ts';

interface StoredProducers {
  /** Digest of what targets are inferred from, as far as these paths go. */
  key: string;
  /** Folders of the projects that make them. */
  roots: string[];
  producers: Record<string, Producer[]>;
}

const storeName = 'producers';

/** Bytes; what projects are inferred from is smaller. */
const LARGEST_CONFIGURATION = 1_000_000;

/**
 * The targets that make each of the given paths of the workspace, as the finished project graph has them. Nx is asked for
 * that graph when the configuration around these paths has changed since it was last asked.
 */
export function findProducers(workspaceRoot: string, paths: readonly string[]): ReadonlyMap<string, Producer[]> {
  if (paths.length === 0 || process.env[ASKING] !== undefined) return new Map();
  const store = openStore(workspaceRoot, process.env);
  const stored = store.read(storeName) as StoredProducers | undefined;
  const valid = stored && stored.key === keyOf(workspaceRoot, stored) ? stored.producers : {};
  if (paths.every((path) => Object.hasOwn(valid, path))) return new Map(Object.entries(valid));
  const projects = finishedProjects(workspaceRoot);
  if (!projects) return new Map();
  const all = [...new Set([...paths, ...Object.keys(valid)])].sort();
  const producers = Object.fromEntries(all.map((path) => [path, producersOf(path, projects)]));
  const names = new Set(Object.values(producers).flatMap((found) => found.map(({ project }) => project)));
  const roots = projects.filter(({ name }) => names.has(name)).map(({ root }) => root);
  store.write(storeName, {
    key: keyOf(workspaceRoot, { roots, producers }),
    roots,
    producers,
  } satisfies StoredProducers);
  return new Map(Object.entries(producers));
}

/** Targets are inferred from files right in a project's folder, and from `nx.json` and its neighbours. */
function keyOf(workspaceRoot: string, { roots, producers }: Omit<StoredProducers, 'key'>): string {
  const folders = new Set(['.', ...roots, ...Object.keys(producers).flatMap(foldersAround)]);
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

/** By name; empty where the folder is missing, or lies outside of the workspace. */
function configurationOf(workspaceRoot: string, folder: string): [name: string, digest: string][] {
  try {
    if (!liesWithin(workspaceRoot, folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(json|[cm]?[jt]s|ya?ml|toml|kts?|gradle|csproj|xml)$/.test(entry.name))
      .map(({ name }): [string, string] => [name, digestOf(join(folder, name))])
      .sort(([one], [other]) => (one < other ? -1 : 1));
  } catch {
    return [];
  }
}

function digestOf(path: string): string {
  try {
    return sha256(readRegularFile(path, LARGEST_CONFIGURATION, { follow: false }));
  } catch {
    return '';
  }
}
