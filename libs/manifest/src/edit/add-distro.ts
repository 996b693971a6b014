import { parseManifest } from '../parse-manifest.ts';
import { isAlias } from 'yaml';
import { isListSource } from '../yaml/nodes.ts';
import { insertEntry, insertItem, setValue } from './insert.ts';
import { mapAt, releaseMaps, section } from './sections.ts';
import { EditError, Source, keyText, pairOf } from './source.ts';
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
 * Adds a release and keeps everything else; returns the new text.
 * @throws EditError if it already exists, or a listing does not exist or is shared with others.
 */
export function addDistro(text: string, distro: NewDistro): string {
  const id = distro.name + distro.version;
  const source = new Source(text);
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
  const listed = distro.listedBy.reduce(
    (current, listing) => list(current, listing, id, own ? id : distro.name),
    added,
  );
  refuseShared(added, listed, id, distro.listedBy);
  return listed;
}

function list(text: string, listing: string, id: string, item: string): string {
  if (listings(text, id).has(listing)) return text;
  const [packageName = '', type = ''] = listing.split('/');
  const source = new Source(text);
  const types = mapAt(section(source, 'packages'), packageName);
  const pair = types && pairOf(types, type);
  if (!pair) {
    const there = section(source, 'packages').items.flatMap(({ key }) =>
      (mapAt(section(source, 'packages'), keyText(key))?.items ?? []).map(
        (each) => `${keyText(key)}/${keyText(each.key)}`,
      ),
    );
    throw new EditError(`\`packages\` has no ${listing}; there are ${there.join(', ')}`);
  }
  if (isAlias(pair.value)) {
    const items: Value[] = [{ alias: pair.value.source }, item];
    return setValue(source, pair, { list: items, flow: true });
  }
  if (isListSource(pair.value) && (pair.value.flow || pair.value.items.length > 0)) {
    return insertItem(source, pair.value, item);
  }
  throw new EditError(`the distros of ${listing} are not a list that can be added to`);
}

/** An anchored list is used in several places; adding to it adds to all of them. */
function refuseShared(before: string, after: string, id: string, wanted: string[]): void {
  const already = listings(before, id);
  const others = [...listings(after, id)].filter((listing) => !already.has(listing) && !wanted.includes(listing));
  if (others.length === 0) return;
  throw new EditError(
    `that list is shared by an alias with ${others.join(', ')}: name these as well, or write it out first`,
  );
}

function listings(text: string, id: string): Set<string> {
  const { manifest } = parseManifest(text, 'manifest');
  const found = (manifest?.packages ?? []).flatMap(({ name, listings: all }) =>
    all
      .filter(({ distros }) => distros.some(({ releases }) => releases.some(({ distro }) => distro.id === id)))
      .map(({ releaseType }) => `${name}/${releaseType}`),
  );
  return new Set(found);
}
