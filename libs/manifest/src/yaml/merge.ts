import type { Entry, MapNode, Report } from './tree.ts';

/** A `<<` of a map and what it merges. */
export type Merge = Entry;

/**
 * Adds the entries of a `<<`: a map, or a list of maps of which the first that has a key wins. The map's own keys
 * always win.
 */
export function mergeInto(map: MapNode, merge: Merge, report: Report): void {
  const sources = merge.value.kind === 'list' ? merge.value.items : [merge];
  const isAlias = merge.at !== merge.value;
  for (const { value, at } of sources) {
    if (value.kind === 'map') {
      for (const [name, entry] of value.entries) if (!map.entries.has(name)) map.entries.set(name, entry);
    } else if (value.kind !== 'hole') {
      const found =
        merge.value.kind === 'list'
          ? 'a list with something else in it'
          : value.kind === 'scalar' && value.value === null
            ? 'nothing'
            : 'a single value';
      report(isAlias ? merge.at : at, 'merge-not-a-map', `\`<<\` merges a map or a list of maps, found ${found}`);
    }
  }
}
