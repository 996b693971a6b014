import { isScalar } from 'yaml';
import { isListSource, isMapSource } from '../yaml/nodes.ts';
import { insertEntry, insertInSection, insertItem, setValue } from './insert.ts';
import type { ManifestTexts } from './manifest-texts.ts';
import { mapAt } from './sections.ts';
import { EditError, isNothing, keyText, pairOf } from './source.ts';
import type { Entry } from './values.ts';

export interface NewTest {
  releaseType: string;
  /** As the manifest names it. */
  file: string;
}

/**
 * Adds a test file to a release type, which is added to `release_types` if it is not written there. A file that is listed
 * already is left as it is.
 * @throws EditError if the release type or its tests are an alias
 */
export function addTest(manifest: ManifestTexts, { releaseType, file }: NewTest): ManifestTexts {
  const tests: Entry = ['tests', { list: [file], flow: true }];
  const has = (name: string) => (each: { root: Parameters<typeof mapAt>[0] }) => {
    const types = mapAt(each.root, 'release_types');
    return types !== undefined && (name === '' || pairOf(types, name) !== undefined);
  };
  const { path, source } = manifest.holder(has(releaseType)) ?? manifest.holderOrFirst(has(''));
  const types = mapAt(source.root, 'release_types');
  const type = types && pairOf(types, releaseType);
  if (!type) return manifest.with(path, insertInSection(source, 'release_types', [releaseType, { map: [tests] }]));
  if (isNothing(type.value)) return manifest.with(path, setValue(source, type, { map: [tests] }));
  if (!isMapSource(type.value)) {
    throw new EditError(`the release type ${releaseType} is an alias: write it out first, or list ${file} by hand`);
  }
  const pair = pairOf(type.value, 'tests');
  if (!pair) return manifest.with(path, insertEntry(source, type.value, tests));
  if (isNothing(pair.value)) return manifest.with(path, setValue(source, pair, { list: [file], flow: true }));
  if (isListSource(pair.value)) {
    const isListed = pair.value.items.some((item) => 'value' in item && keyText(item) === file);
    return isListed ? manifest : manifest.with(path, insertItem(source, pair.value, file));
  }
  if (isScalar(pair.value)) {
    const known = keyText(pair.value);
    return known === file ? manifest : manifest.with(path, setValue(source, pair, { list: [known, file], flow: true }));
  }
  throw new EditError(`the \`tests\` of ${releaseType} are an alias: write them out first, or list ${file} by hand`);
}
