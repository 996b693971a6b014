import { isMap, isScalar } from 'yaml';
import { isListSource, type MapSource } from '../yaml/nodes.ts';
import { insertEntry, insertInSection, insertItem, setValue } from './insert.ts';
import { hasEntries, mapAt, releaseMaps } from './sections.ts';
import type { ManifestTexts } from './manifest-texts.ts';
import { EditError, type Source, isNothing, keyText, pairOf } from './source.ts';
import type { Entry } from './values.ts';

export interface NewCuda {
  version: string;
  components: Record<string, string>;
  /** Releases to add it to: `debian12`. */
  releases: string[];
}

/**
 * Adds a CUDA version to `cuda_dependencies`, in the last file that has any, and to the given releases.
 * @throws EditError if it already exists, or cannot be added to the `cuda` of a release.
 */
export function addCuda(manifest: ManifestTexts, { version, components, releases }: NewCuda): ManifestTexts {
  const { path, source } = manifest.holderOrFirst((each) => hasEntries(each, 'cuda_dependencies'));
  const known = mapAt(source.root, 'cuda_dependencies');
  if (manifest.parse()?.cudaDependencies.has(version)) throw new EditError(`CUDA ${version} is there already`);
  const from = known?.items.length === 1 ? pairOf(known, 'from') : undefined;
  if (from) throw new EditError(`\`cuda_dependencies\` is in ${keyText(from.value)}: add CUDA ${version} there`);
  const entries = Object.entries(components).map((component): Entry => component);
  const added = insertInSection(source, 'cuda_dependencies', [version, { map: entries }]);
  return releases.reduce((current, id) => addToRelease(current, id, version), manifest.with(path, added));
}

function addToRelease(manifest: ManifestTexts, id: string, version: string): ManifestTexts {
  const all = manifest
    .sources()
    .filter(({ source }) => mapAt(source.root, 'releases'))
    .flatMap(({ path, source }) => releaseMaps(source).map((release) => ({ path, source, ...release })));
  const release = all.find(({ distro, version: number }) => distro + number === id);
  if (!release) {
    throw new EditError(
      `\`releases\` has no ${id}; there are ${all.map((each) => each.distro + each.version).join(', ')}`,
    );
  }
  const { path, source, spec } = release;
  return manifest.with(path, withCuda(source, spec, id, version, manifest));
}

function withCuda(source: Source, spec: MapSource, id: string, version: string, manifest: ManifestTexts): string {
  const pair = pairOf(spec, 'cuda');
  if (!pair) {
    const inherited = inheritedCuda(manifest, id);
    const value = inherited.length > 0 ? { list: [...inherited, version], flow: true } : version;
    return insertEntry(source, spec, ['cuda', value]);
  }
  if (isNothing(pair.value)) return setValue(source, pair, version);
  if (isListSource(pair.value)) return insertItem(source, pair.value, version);
  if (isScalar(pair.value)) return setValue(source, pair, { list: [keyText(pair.value), version], flow: true });
  throw new EditError(
    `the \`cuda\` of ${id} is ${isMap(pair.value) ? 'a map of components' : 'an alias'}: write it as a version first`,
  );
}

function inheritedCuda(manifest: ManifestTexts, id: string): string[] {
  return manifest.parse()?.releases.find(({ distro }) => distro.id === id)?.cuda?.versions ?? [];
}
