import { isObject } from '@nx-image-matrix/engine/unknown';
import { readJsonc, setJson } from '../jsonc.ts';
import { infersFromDockerfiles, leavesAlone } from '../../plugin/neighbours.ts';
import { shownOptions, type ImageMatrixOptions } from '../../options/options.ts';

const PLUGIN = 'nx-image-matrix';
const SYNC = 'nx-image-matrix:sync';

type PluginEntry = string | { plugin: string; options?: unknown; include?: string[]; exclude?: string[] };

/** The relevant parts of `nx.json`, including those that it extends. */
export interface NxSettings {
  plugins?: PluginEntry[];
  sync?: { globalGenerators?: string[] };
}

/** Whether the plugin already has an entry, with or without options. */
export function hasPlugin({ plugins = [] }: NxSettings): boolean {
  return plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN);
}

/** The text of `nx.json` with the plugin and its sync generator. Keeps everything that exists. */
export function registerPlugin(text: string, settings: NxSettings, options: ImageMatrixOptions): string {
  let result = text;
  if (!hasPlugin(settings)) {
    result = append(result, ['plugins'], settings.plugins, {
      plugin: PLUGIN,
      options: { ...shownOptions, ...options },
    });
  }
  const generators = settings.sync?.globalGenerators;
  if (!generators?.includes(SYNC)) result = append(result, ['sync', 'globalGenerators'], generators, SYNC);
  return result;
}

/** Writes out a list from another file: a list in `nx.json` replaces the one it extends. */
function append(text: string, path: string[], inherited: readonly unknown[] = [], value: unknown): string {
  let own: unknown = readJsonc(text, 'nx.json');
  for (const key of path) own = isObject(own) ? own[key] : undefined;
  if (Array.isArray(own)) return setJson(text, [...path, own.length], value, true);
  return setJson(text, path, [...inherited, value]);
}

/**
 * The text of `nx.json` with these output folders excluded from every plugin that infers targets from Dockerfiles, and
 * the names of the plugins whose entries were changed. Writes out the entries of a preset.
 */
export function excludeFromOthers(
  text: string,
  { plugins = [] }: NxSettings,
  folders: readonly string[],
): { text: string; changed: string[] } {
  const changed: string[] = [];
  const excluding = plugins.map((entry) => {
    const open = folders.filter((folder) => !leavesAlone(entry, `${folder}/package/distro/type/Dockerfile`));
    if (!infersFromDockerfiles(entry) || open.length === 0) return entry;
    changed.push(typeof entry === 'string' ? entry : entry.plugin);
    return withExclude(
      entry,
      open.map((folder) => `${folder}/**`),
    );
  });
  if (changed.length === 0) return { text, changed };
  if (!Array.isArray(readJsonc(text, 'nx.json')['plugins']))
    return { text: setJson(text, ['plugins'], excluding), changed };
  let edited = text;
  for (const [index, entry] of excluding.entries()) {
    if (entry !== plugins[index]) edited = setJson(edited, ['plugins', index], entry);
  }
  return { text: edited, changed };
}

function withExclude(entry: PluginEntry, patterns: readonly string[]): PluginEntry {
  if (typeof entry === 'string') return { plugin: entry, exclude: [...patterns] };
  return { ...entry, exclude: [...(entry.exclude ?? []), ...patterns] };
}
