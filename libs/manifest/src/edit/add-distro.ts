import { isAlias } from 'yaml';
import { isListSource, isMapSource, type MapSource } from '../yaml/nodes.ts';
import { insertEntry, insertItem, setValue } from './insert.ts';
import { hasEntries, mapAt, mapBelow, releaseMaps, section } from './sections.ts';
import type { ManifestTexts } from './manifest-texts.ts';
import { EditError, type Source, keyText, pairOf } from './source.ts';
import { mergedAliases, type Entry, type Value } from './values.ts';

export interface NewDistro {
  name: string;
  version: string;
  baseImage: string;
  templatesDir?: string;
  addToTags?: string;
  /** Where to list it: `package/release type`. */
  listedBy: string[];
}

/**
 * Adds a release and keeps everything else: to the file with the other versions of the distro, or the last with
 * releases.
 * @throws EditError if it already exists, or a listing does not exist or is shared with others.
 */
export function addDistro(manifest: ManifestTexts, distro: NewDistro): ManifestTexts {
  const id = distro.name + distro.version;
  const versionsIn = ({ root }: Source): MapSource | undefined => mapBelow(root, 'releases', distro.name);
  const { path, source } =
    manifest.holder((each) => versionsIn(each) !== undefined) ??
    manifest.holderOrFirst((each) => hasEntries(each, 'releases'));
  const known = releaseMaps(source);
  const own = mapAt(section(source, 'releases'), distro.name);
  if (own && pairOf(own, distro.version))
    throw new EditError(`the release ${distro.name} ${distro.version} is there already`);
  const sibling = known.findLast((release) => release.distro === distro.name) ?? known.at(-1);
  const spec: Entry[] = (sibling ? mergedAliases(sibling.spec) : []).map((alias) => ['<<', { alias }]);
  if (distro.templatesDir) spec.push(['templates_dir', distro.templatesDir]);
  spec.push(['base_image', distro.baseImage]);
  if (distro.addToTags) spec.push(['add_to_tags', distro.addToTags]);
  const release: Entry = [distro.version, { map: spec, flow: sibling?.spec.flow }];
  const added = own
    ? insertEntry(source, own, release)
    : insertEntry(source, section(source, 'releases'), [distro.name, { map: [release] }]);
  const before = manifest.with(path, added);
  const listed = distro.listedBy.reduce(
    (current, listing) => list(current, listing, id, own ? id : distro.name),
    before,
  );
  refuseShared(before, listed, id, distro.listedBy);
  return listed;
}

function list(manifest: ManifestTexts, listing: string, id: string, item: string): ManifestTexts {
  if (listings(manifest, id).has(listing)) return manifest;
  const [packageName = '', type = ''] = listing.split('/');
  const typesIn = ({ root }: Source): MapSource | undefined => mapBelow(root, 'packages', packageName);
  const { path, source } = manifest.holderOrFirst((each) => typesIn(each) !== undefined);
  const types = typesIn(source);
  const pair = types && pairOf(types, type);
  if (!pair) {
    const there = manifest.sources().flatMap((file) => listingsIn(file.source));
    throw new EditError(`\`packages\` has no ${listing}; there are ${there.join(', ')}`);
  }
  if (isAlias(pair.value)) {
    const items: Value[] = [{ alias: pair.value.source }, item];
    return manifest.with(path, setValue(source, pair, { list: items, flow: true }));
  }
  if (isListSource(pair.value) && (pair.value.flow || pair.value.items.length > 0)) {
    return manifest.with(path, insertItem(source, pair.value, item));
  }
  throw new EditError(`the distros of ${listing} are not a list that can be added to`);
}

function listingsIn({ root }: Source): string[] {
  const packages = mapAt(root, 'packages');
  return (packages?.items ?? []).flatMap(({ key, value }) =>
    isMapSource(value) ? value.items.map((each) => `${keyText(key)}/${keyText(each.key)}`) : [],
  );
}

/** An anchored list is used in several places; adding to it adds to all of them. */
function refuseShared(before: ManifestTexts, after: ManifestTexts, id: string, wanted: string[]): void {
  const already = listings(before, id);
  const others = [...listings(after, id)].filter((listing) => !already.has(listing) && !wanted.includes(listing));
  if (others.length === 0) return;
  throw new EditError(
    `that list is shared by an alias with ${others.join(', ')}: name these as well, or write it out first`,
  );
}

function listings(manifest: ManifestTexts, id: string): Set<string> {
  const found = (manifest.parse()?.packages ?? []).flatMap(({ name, listings: all }) =>
    all
      .filter(({ distros }) => distros.some(({ releases }) => releases.some(({ distro }) => distro.id === id)))
      .map(({ releaseType }) => `${name}/${releaseType}`),
  );
  return new Set(found);
}
