import type { Random } from '../random.ts';
import type { Sources } from '../sources.ts';
import type { Mapping, Value } from '../yaml-text.ts';

/** The input of an edit. */
export interface Desk {
  sources: Sources;
  random: Random;
  /** References of the existing images. */
  references: readonly string[];
  /** References of other images that they name, without digests. */
  externals: readonly string[];
}

/** Changes the sources and returns a description; nothing if it does not apply. */
export type Edit = (desk: Desk) => string | undefined;

/** A value without its anchor. */
export function plain(value: Value | undefined): Value | undefined {
  return value !== null && typeof value === 'object' && 'anchor' in value ? value.value : value;
}

/** The mapping at a path of keys, if it exists. */
export function mappingAt(document: Mapping, ...keys: string[]): Mapping | undefined {
  let found: Value | undefined = document;
  for (const key of keys) found = found instanceof Map ? plain(found.get(key)) : undefined;
  return found instanceof Map ? found : undefined;
}

/** The mapping at a path of keys, created if it is missing. */
export function ensureMapping(document: Mapping, ...keys: string[]): Mapping {
  let current = document;
  for (const key of keys) {
    const found = plain(current.get(key));
    if (found instanceof Map) current = found;
    else {
      const made: Mapping = new Map();
      current.set(key, made);
      current = made;
    }
  }
  return current;
}

/** A manifest, usually the first. */
export function someManifest({ sources, random }: Desk): { file: string; document: Mapping } {
  const [other] = random.shuffled([...sources.manifests.keys()].filter((file) => file !== 'manifest.yml'));
  const file = other === undefined || random.chance(0.8) ? 'manifest.yml' : other;
  return { file, document: sources.manifests.get(file)!.document };
}

/** A release of a manifest, or occasionally its `release_spec`, which it may not have yet. */
export function someRelease({ random }: Desk, document: Mapping): { place: string; release: Mapping } {
  const places = [...(document.get('releases') as Mapping)].flatMap(([distro, versions]) =>
    versions instanceof Map ? [...versions.keys()].map((version) => ['releases', distro, version]) : [],
  );
  const place = random.chance(0.25) ? ['release_spec'] : random.pick(places);
  return { place: place.join('/'), release: ensureMapping(document, ...place) };
}

/** A list's items, whatever its form. */
export function itemsOf(value: Value | undefined): Value[] {
  const items = plain(value);
  if (typeof items === 'string') return [items];
  return Array.isArray(items) ? items : [];
}
