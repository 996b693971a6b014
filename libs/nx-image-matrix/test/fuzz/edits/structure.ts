import { copyOfMapping, type Mapping, type Value } from '../yaml-text.ts';
import { itemsOf, mappingAt, someManifest, type Edit } from './edit.ts';

/** Adds or removes a distro of a package's release type. */
const changeDistros: Edit = (desk) => {
  const { random } = desk;
  const { file, document } = someManifest(desk);
  const packages = mappingAt(document, 'packages')!;
  const name = random.pick([...packages.keys()]);
  const types = mappingAt(packages, name)!;
  const type = random.pick([...new Set([...types.keys(), 'runtime', 'devel', 'debug', 'cudnn', 'train'])]);
  const items = [...itemsOf(types.get(type))];
  const added = random.chance(0.6) || items.length === 0;
  const distro = added ? random.pick(distrosOf(document)) : undefined;
  if (distro === undefined) items.splice(random.below(items.length), 1);
  else items.push(distro);
  if (items.length === 0) types.delete(type);
  else replaceValue(types, type, items);
  return `${file}: ${name} ${type} ${added ? `also on ${distro}` : 'on one less'}`;
};

const addDistroVersion: Edit = (desk) => {
  const { random } = desk;
  const { file, document } = someManifest(desk);
  const releases = mappingAt(document, 'releases')!;
  const distro = random.pick([...releases.keys()]);
  const versions = mappingAt(releases, distro)!;
  const version = String(13 + random.below(80));
  const model = copyOfMapping(mappingAt(versions, random.pick([...versions.keys()]))!);
  model.set('add_to_tags', `${distro}${version}`);
  versions.set(version, model);
  return `${file}: ${distro} ${version} added`;
};

const removeDistroVersion: Edit = (desk) => {
  const { random } = desk;
  const { file, document } = someManifest(desk);
  const versions = mappingAt(document, 'releases', random.pick([...mappingAt(document, 'releases')!.keys()]))!;
  if (versions.size < 2) return undefined;
  const version = random.pick([...versions.keys()]);
  versions.delete(version);
  dropEntries(document, (entry) => entry.endsWith(version) && /^[a-z]+[\d.]+$/.test(entry));
  return `${file}: distro version ${version} removed`;
};

const renameDistro: Edit = (desk) => {
  const { random } = desk;
  const { file, document } = someManifest(desk);
  const releases = mappingAt(document, 'releases')!;
  const distro = random.pick([...releases.keys()]);
  const name = `os${'abcdefgh'[random.below(8)]}`;
  if (releases.has(name)) return undefined;
  renameKey(releases, distro, name);
  mapEntries(document, (entry) =>
    entry.replace(/[\d.]+$/, '') === distro ? name + entry.slice(distro.length) : entry,
  );
  return `${file}: distro ${distro} renamed to ${name}`;
};

const addPackage: Edit = (desk) => {
  const { document } = desk.sources.manifests.get('manifest.yml')!;
  const name = desk.random.word();
  mappingAt(document, 'packages')!.set(name, new Map([['devel', [desk.random.pick(distrosOf(document))]]]));
  return `package ${name} added`;
};

const removePackage: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const packages = mappingAt(document, 'packages')!;
  const name = random.pick([...packages.keys()]);
  if (packages.size < 3) return undefined;
  packages.delete(name);
  for (const section of ['package_spec']) mappingAt(document, section)?.delete(name);
  for (const entry of mappingAt(document, 'repository')!.values()) {
    if (entry instanceof Map) mappingAt(entry, 'registry')?.delete(name);
  }
  return `package ${name} removed`;
};

const renamePackage: Edit = ({ sources, random }) => {
  const { document } = sources.manifests.get('manifest.yml')!;
  const packages = mappingAt(document, 'packages')!;
  const [name] = random.shuffled([...packages.keys()].filter((key) => key.startsWith('w') && key !== 'worker'));
  if (name === undefined) return undefined;
  const renamed = random.word();
  renameKey(packages, name, renamed);
  return `package ${name} renamed to ${renamed}`;
};

function distrosOf(document: Mapping): string[] {
  return [...mappingAt(document, 'releases')!].flatMap(([distro, versions]) =>
    versions instanceof Map ? [distro, ...[...versions.keys()].map((version) => distro + version)] : [distro],
  );
}

/** Changes the lists of distros in `packages`. */
function mapEntries(document: Mapping, change: (entry: string) => string | undefined): void {
  for (const types of mappingAt(document, 'packages')!.values()) {
    if (!(types instanceof Map)) continue;
    for (const [type, value] of types) {
      if (value !== null && typeof value === 'object' && 'alias' in value) continue;
      const items = itemsOf(value).flatMap((item) => changedItem(item, change));
      if (items.length === 0) types.delete(type);
      else replaceValue(types, type, items);
    }
  }
}

function changedItem(item: Value, change: (entry: string) => string | undefined): Value[] {
  if (typeof item !== 'string') return [item];
  const changed = change(item);
  return changed === undefined ? [] : [changed];
}

function dropEntries(document: Mapping, unwanted: (entry: string) => boolean): void {
  mapEntries(document, (entry) => (unwanted(entry) ? undefined : entry));
}

/** Keeps the anchor of the replaced value. */
function replaceValue(entries: Mapping, key: string, value: Value): void {
  const old = entries.get(key);
  const anchored = old !== null && typeof old === 'object' && 'anchor' in old;
  entries.set(key, anchored ? { anchor: old.anchor, value } : value);
}

function renameKey(entries: Mapping, key: string, name: string): void {
  const renamed = [...entries].map(([old, value]) => [old === key ? name : old, value] as const);
  entries.clear();
  for (const [old, value] of renamed) entries.set(old, value);
}

/** Edits that add or remove images. */
export const structureEdits: Edit[] = [
  changeDistros,
  changeDistros,
  changeDistros,
  addDistroVersion,
  removeDistroVersion,
  renameDistro,
  addPackage,
  removePackage,
  renamePackage,
];
