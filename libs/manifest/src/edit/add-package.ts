import { isCollection, isScalar } from 'yaml';
import { repositoryBeside } from '../references/beside.ts';
import { isMapSource } from '../yaml/nodes.ts';
import { insertEntry } from './insert.ts';
import type { ManifestTexts } from './manifest-texts.ts';
import { hasEntries, mapAt, section } from './sections.ts';
import { EditError, Source, keyText, pairOf } from './source.ts';
import type { Entry } from './values.ts';

export interface NewPackage {
  name: string;
  releaseTypes: string[];
  distros: string[];
  /**
   * Its repository in every entry. Default: next to the last package's, if that one's name is the last part of its
   * repository.
   */
  repository?: string;
}

/**
 * Adds a package and its repositories, to the last file with packages and to those with repositories.
 * @throws EditError if it already exists.
 */
export function addPackage(
  manifest: ManifestTexts,
  { name, releaseTypes, distros, repository }: NewPackage,
): ManifestTexts {
  const { path, source } = manifest.holderOrFirst((each) => hasEntries(each, 'packages'));
  const packages = section(source, 'packages');
  const known = manifest.sources().flatMap((file) => mapAt(file.source.root, 'packages') ?? []);
  if (known.some((map) => pairOf(map, name))) throw new EditError(`the package ${name} is there already`);
  const sibling = packages.items.at(-1)?.value;
  const flow = isMapSource(sibling) && sibling.items.some(({ value }) => isCollection(value) && value.flow);
  const types = releaseTypes.map((type): Entry => [type, { list: distros, flow }]);
  const entry: Entry = [name, { map: types, flow: isMapSource(sibling) && sibling.flow }];
  const added = manifest.with(path, insertEntry(source, packages, entry));
  return added.sources().reduce((current, file) => {
    const entries = mapAt(file.source.root, 'repository')?.items.map(({ key }) => keyText(key)) ?? [];
    const text = entries.reduce((edited, key) => addRepository(edited, key, name, repository), file.source.text);
    return current.with(file.path, text);
  }, added);
}

function addRepository(text: string, entry: string, name: string, repository: string | undefined): string {
  const source = new Source(text);
  const repositories = mapAt(source.root, 'repository');
  const own = repositories && mapAt(repositories, entry);
  const registry = own && mapAt(own, 'registry');
  const last = registry?.items.findLast(({ value }) => isScalar(value) && value.value !== null);
  if (!registry || !last || pairOf(registry, name)) return text;
  const path = keyText(last.value);
  const isOfEntry = repository?.split('/')[0] === path.split('/')[0];
  const value = repository ? (isOfEntry ? repository : undefined) : repositoryBeside(path, keyText(last.key), name);
  return value ? insertEntry(source, registry, [name, value]) : text;
}
