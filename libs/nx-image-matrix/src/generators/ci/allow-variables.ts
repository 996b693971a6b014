import { isObject } from '@nx-image-matrix/engine/unknown';
import { readJsonc, setJson } from '../jsonc.ts';
import type { ImageMatrixOptions } from '../../options/options.ts';

const PLUGIN = 'nx-image-matrix';

/**
 * The text of `nx.json` with more variables that builds may read in CI. `variablesOf` is called with the index of each
 * entry of the plugin in `plugins`; existing variables stay. `undefined` if the file has no entry of the plugin,
 * because it extends another file.
 */
export function allowVariables(text: string, variablesOf: (index: number) => readonly string[]): string | undefined {
  const { plugins } = readJsonc(text, 'nx.json');
  let result = text;
  let found = false;
  for (const [index, entry] of (Array.isArray(plugins) ? plugins : []).entries()) {
    if (!isOurs(entry)) continue;
    found = true;
    const allowed = (typeof entry === 'string' ? undefined : entry.options?.buildSecrets?.env) ?? [];
    const missing = variablesOf(index).filter((name) => !allowed.includes(name));
    if (missing.length === 0) continue;
    const env = [...allowed, ...missing];
    result =
      typeof entry === 'string'
        ? setJson(result, ['plugins', index], { plugin: PLUGIN, options: { buildSecrets: { env } } })
        : setJson(result, ['plugins', index, 'options', 'buildSecrets', 'env'], env);
  }
  return found ? result : undefined;
}

function isOurs(entry: unknown): entry is typeof PLUGIN | { plugin: string; options?: ImageMatrixOptions } {
  return entry === PLUGIN || (isObject(entry) && entry['plugin'] === PLUGIN);
}
