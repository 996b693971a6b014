import { isMap, isScalar } from 'yaml';
import { parseManifest } from '../parse-manifest.ts';
import { isListSource } from '../yaml/nodes.ts';
import { insertEntry, insertInSection, insertItem, setValue } from './insert.ts';
import { mapAt, releaseMaps } from './sections.ts';
import { EditError, Source, isNothing, keyText, pairOf } from './source.ts';
import type { Entry } from './values.ts';

export interface NewCuda {
  version: string;
  components: Record<string, string>;
  /** Releases to add it to: `debian12`. */
  releases: string[];
}

/**
 * Adds a CUDA version to `cuda_dependencies` and to the given releases; returns the new text.
 * @throws EditError if it already exists, or cannot be added to the `cuda` of a release.
 */
export function addCuda(text: string, { version, components, releases }: NewCuda): string {
  const source = new Source(text);
  const known = mapAt(source.root, 'cuda_dependencies');
  if (known && pairOf(known, version)) throw new EditError(`CUDA ${version} is there already`);
  const entries = Object.entries(components).map((component): Entry => component);
  const added = insertInSection(source, 'cuda_dependencies', [version, { map: entries }]);
  return releases.reduce((current, id) => addToRelease(current, id, version), added);
}

function addToRelease(text: string, id: string, version: string): string {
  const source = new Source(text);
  const all = releaseMaps(source);
  const release = all.find(({ distro, version: number }) => distro + number === id);
  if (!release) {
    throw new EditError(
      `\`releases\` has no ${id}; there are ${all.map((each) => each.distro + each.version).join(', ')}`,
    );
  }
  const pair = pairOf(release.spec, 'cuda');
  if (!pair) {
    const inherited = inheritedCuda(text, id);
    const value = inherited.length > 0 ? { list: [...inherited, version], flow: true } : version;
    return insertEntry(source, release.spec, ['cuda', value]);
  }
  if (isNothing(pair.value)) return setValue(source, pair, version);
  if (isListSource(pair.value)) return insertItem(source, pair.value, version);
  if (isScalar(pair.value)) return setValue(source, pair, { list: [keyText(pair.value), version], flow: true });
  throw new EditError(
    `the \`cuda\` of ${id} is ${isMap(pair.value) ? 'a map of components' : 'an alias'}: write it as a version first`,
  );
}

function inheritedCuda(text: string, id: string): string[] {
  const { manifest } = parseManifest(text, 'manifest');
  return manifest?.releases.find(({ distro }) => distro.id === id)?.cuda?.versions ?? [];
}
