import { isMapSource, type MapSource } from '../yaml/nodes.ts';
import { EditError, keyText, pairOf, type Source } from './source.ts';

/** The map of a key if it is written there: `undefined` for an alias, a list or nothing. */
export function mapAt(map: MapSource, name: string): MapSource | undefined {
  const value = pairOf(map, name)?.value;
  return isMapSource(value) ? value : undefined;
}

/** The map below several keys, if all are written there. */
export function mapBelow(map: MapSource, ...names: string[]): MapSource | undefined {
  return names.reduce<MapSource | undefined>((found, name) => found && mapAt(found, name), map);
}

/** Whether a section at the top has entries. */
export function hasEntries({ root }: Source, name: string): boolean {
  return (mapAt(root, name)?.items.length ?? 0) > 0;
}

/**
 * A top-level map that is not empty.
 * @throws EditError
 */
export function section(source: Source, name: string): MapSource {
  const map = mapAt(source.root, name);
  if (!map || map.items.length === 0) throw new EditError(`\`${name}\` holds nothing yet that could be added to`);
  return map;
}

/** Distro, version and map of each release that is written out. */
export function releaseMaps(source: Source): { distro: string; version: string; spec: MapSource }[] {
  return section(source, 'releases').items.flatMap(({ key, value }) =>
    isMapSource(value)
      ? value.items.flatMap((release) =>
          isMapSource(release.value)
            ? [{ distro: keyText(key), version: keyText(release.key), spec: release.value }]
            : [],
        )
      : [],
  );
}
