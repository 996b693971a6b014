import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { ImageMatrixOptions } from './options.ts';
import { isManifestFolder } from '../workspace/manifests.ts';
import { nxDataFolders } from '../workspace/nx-data.ts';
import { nxPackage } from '../workspace/nx-version.ts';
import { resolveOptions, type ResolvedOptions } from './resolve-options.ts';

const PLUGIN = 'nx-image-matrix';

/** The options of one manifest; manifests of one entry get the same object. */
export type OptionsOf = (manifest: string) => ResolvedOptions;

/** An entry of this plugin in `nx.json`. */
interface Entry {
  /** Its index in `plugins`. */
  index: number;
  include?: string[];
  exclude?: string[];
  options?: unknown;
}

type Matches = (path: string, pattern: string, options: { dot: true }) => boolean;

/**
 * The options of each manifest in `nx.json`: those of the entry of this plugin that takes it; if several do, of the
 * last, since Nx merges them in this order; if none does, of the first. Never from the project graph, which any
 * `project.json` can change: options say what builds may read.
 * @returns a function that throws an Error if the options of the entry are invalid.
 */
export function manifestOptions(
  nxJson: Pick<NxJsonConfiguration, 'plugins' | 'cacheDirectory' | 'tasksRunnerOptions'>,
  workspaceRoot: string,
): OptionsOf {
  const entries = entriesOf(nxJson.plugins);
  const nxData = nxDataFolders(nxJson, workspaceRoot, process.env);
  const resolved = new Map<Entry | undefined, ResolvedOptions>();
  const ownersOf = ownerFinder(entries, workspaceRoot);
  return (manifest) => {
    const entry = ownersOf(manifest).at(-1) ?? entries[0];
    const options = resolved.get(entry) ?? resolveOptions(entry?.options as ImageMatrixOptions | undefined, nxData);
    resolved.set(entry, options);
    return options;
  };
}

/** Indexes in `plugins` of the entries that take a manifest. */
export function entriesOfManifest(
  { plugins }: Pick<NxJsonConfiguration, 'plugins'>,
  workspaceRoot: string,
): (manifest: string) => number[] {
  const ownersOf = ownerFinder(entriesOf(plugins), workspaceRoot);
  return (manifest) => ownersOf(manifest).map(({ index }) => index);
}

/** Whether `nx.json` has several entries of this plugin. */
export function hasSeveralEntries({ plugins }: Pick<NxJsonConfiguration, 'plugins'>): boolean {
  return entriesOf(plugins).length > 1;
}

/** Manifests by their options, both in the order of first occurrence. */
export function byOptions(manifests: Iterable<string>, optionsOf: OptionsOf): Map<ResolvedOptions, string[]> {
  const groups = new Map<ResolvedOptions, string[]>();
  for (const manifest of manifests) {
    const options = optionsOf(manifest);
    groups.set(options, [...(groups.get(options) ?? []), manifest]);
  }
  return groups;
}

/** An error for each manifest that several entries take: Nx would infer its projects once per entry. */
export function manifestsOfTwoEntries(
  nxJson: Pick<NxJsonConfiguration, 'plugins'>,
  workspaceRoot: string,
  manifests: readonly string[],
): Diagnostic[] {
  const indicesOf = entriesOfManifest(nxJson, workspaceRoot);
  return manifests.flatMap((manifest): Diagnostic[] => {
    const places = indicesOf(manifest).map((index) => `plugins[${index}]`);
    return places.length > 1 ? [twoEntries(manifest, places)] : [];
  });
}

function twoEntries(manifest: string, places: readonly string[]): Diagnostic {
  return {
    code: 'two-entries',
    severity: 'error',
    file: 'nx.json',
    line: 1,
    column: 1,
    message: `${manifest} is taken by several entries of ${PLUGIN}: ${places.join(', ')}`,
    hint: `leave it to one of them, by \`include\` and \`exclude\`: \`"exclude": ${JSON.stringify([isManifestFolder(manifest) ? `${manifest}/**` : manifest])}\` in the others`,
  };
}

function entriesOf(plugins: NxJsonConfiguration['plugins']): Entry[] {
  return (plugins ?? []).flatMap((entry, index): Entry[] => {
    if (typeof entry === 'string') return entry === PLUGIN ? [{ index }] : [];
    return entry.plugin === PLUGIN ? [{ ...entry, index }] : [];
  });
}

/** A single entry needs no matching. */
function ownerFinder(entries: readonly Entry[], workspaceRoot: string): (manifest: string) => Entry[] {
  if (entries.length < 2) return () => [...entries];
  const matches = matcherOfNx(workspaceRoot);
  return (manifest) => {
    const path = matchedPath(manifest);
    return entries.filter(
      ({ include = [], exclude = [] }) =>
        (include.length === 0 || matchesAny(include, path, matches)) && !matchesAny(exclude, path, matches),
    );
  };
}

/** What patterns match: Nx matches the files of a manifest that is a folder, not the folder. */
function matchedPath(manifest: string): string {
  const path = posix.normalize(manifest);
  return isManifestFolder(path) ? `${path}/manifest.yml` : path;
}

/**
 * Like `createMatcher` of Nx: a later pattern overrides an earlier one, and a list that begins with a negated one
 * starts with everything. https://github.com/nrwl/nx, `project-configuration-utils.ts`
 */
function matchesAny(patterns: readonly string[], path: string, matches: Matches): boolean {
  return patterns.reduce(
    (matched, pattern) => {
      const negated = pattern.startsWith('!');
      return matches(path, negated ? pattern.slice(1) : pattern, { dot: true }) ? !negated : matched;
    },
    patterns[0]?.startsWith('!') ?? false,
  );
}

/**
 * The matcher of this workspace's Nx.
 * @throws Error if the Nx package is not found.
 */
function matcherOfNx(workspaceRoot: string): Matches {
  const nx = nxPackage(workspaceRoot);
  if (nx === undefined) {
    throw new Error(
      `Nx is not found in ${workspaceRoot}, and without it the entries of ${PLUGIN} cannot be told apart.`,
    );
  }
  return (createRequire(nx)('minimatch') as { minimatch: Matches }).minimatch;
}
