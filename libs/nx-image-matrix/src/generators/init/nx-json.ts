import { readJsonc, setJson } from '../jsonc.ts';
import type { ImageMatrixOptions } from '../../types.ts';

const PLUGIN = 'nx-image-matrix';
const SYNC = 'nx-image-matrix:sync';

/** What the options are where nothing else is said, so that `nx.json` shows what there is to change. */
export const defaultOptions: ImageMatrixOptions = {
  outputDir: 'docker',
  engine: 'auto',
  buildTimeout: 3600,
  generateTargetName: 'docker-generate',
  buildTargetName: 'docker-build',
  pushTargetName: 'docker-push',
  matrixTargetName: 'docker-matrix',
};

/** The parts of `nx.json` that matter here, those that it extends included. */
export interface NxSettings {
  plugins?: (string | { plugin: string; options?: unknown })[];
  sync?: { globalGenerators?: string[] };
}

/** Whether the plugin has an entry already, with options or without. */
export function hasPlugin({ plugins = [] }: NxSettings): boolean {
  return plugins.some((entry) => (typeof entry === 'string' ? entry : entry.plugin) === PLUGIN);
}

/** The text of `nx.json` with the plugin and its sync generator in it. What is there already stays as it is. */
export function registerPlugin(text: string, settings: NxSettings, options: ImageMatrixOptions): string {
  let result = text;
  if (!hasPlugin(settings)) {
    result = append(result, ['plugins'], settings.plugins, {
      plugin: PLUGIN,
      options: { ...defaultOptions, ...options },
    });
  }
  const generators = settings.sync?.globalGenerators;
  if (!generators?.includes(SYNC)) result = append(result, ['sync', 'globalGenerators'], generators, SYNC);
  return result;
}

/** A list that another file gives is written out: a list of `nx.json` replaces what it extends. */
function append(text: string, path: string[], inherited: readonly unknown[] = [], value: unknown): string {
  let own: unknown = readJsonc(text, 'nx.json');
  for (const key of path) own = (own as Record<string, unknown> | undefined)?.[key];
  if (Array.isArray(own)) return setJson(text, [...path, own.length], value, true);
  return setJson(text, path, [...inherited, value]);
}
