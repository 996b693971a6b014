import type { Mapping } from '../yaml-text.ts';
import { mappingAt, plain, someManifest, type Edit } from './edit.ts';

const addComment: Edit = (desk) => {
  const { file, document } = someManifest(desk);
  const place = desk.random.pick(placesOf(document, ''));
  desk.sources.manifests.get(file)!.style.comments.set(place, desk.random.word());
  return `${file}: comment above ${place}`;
};

const reorderKeys: Edit = (desk) => {
  const { file, document } = someManifest(desk);
  const deep = desk.random.chance(0.7);
  const place = deep ? desk.random.pick(placesOf(document, '')) : '';
  const entries = place === '' ? document : mappingAt(document, ...place.split('/'));
  if (!entries || entries.size < 2) return undefined;
  // An anchor must be before its aliases.
  const first = [...entries].filter(([, value]) => hasAnchor(value));
  const rest = desk.random.shuffled([...entries].filter(([, value]) => !hasAnchor(value)));
  entries.clear();
  for (const [key, value] of [...first, ...rest]) entries.set(key, value);
  return `${file}: order of keys in ${place || 'the document'}`;
};

const changeStyle: Edit = (desk) => {
  const { file } = someManifest(desk);
  const { style } = desk.sources.manifests.get(file)!;
  const { random } = desk;
  const change = random.pick(['quotes', 'indent', 'flow', 'anchors', 'comments'] as const);
  if (change === 'quotes') style.quotes = random.pick(['plain', 'single', 'double']);
  if (change === 'indent') style.indent = style.indent === 2 ? 4 : 2;
  if (change === 'flow') style.flow = !style.flow;
  if (change === 'anchors') style.anchorSuffix = `_${random.word()}`;
  if (change === 'comments') style.comments.clear();
  return `${file}: spelling of ${change}`;
};

/** A release inherits `release_spec` whether it merges it or not. */
const changeMerge: Edit = ({ sources, random }) => {
  const releases = mappingAt(sources.manifests.get('manifest.yml')!.document, 'releases')!;
  const distro = random.pick([...releases.keys()]);
  const version = random.pick([...mappingAt(releases, distro)!.keys()]);
  const release = mappingAt(releases, distro, version)!;
  if (!release.delete('<<')) release.set('<<', { alias: 'spec' });
  return `merge key of ${distro} ${version}`;
};

function placesOf(entries: Mapping, above: string): string[] {
  return [...entries].flatMap(([key, value]) => {
    if (key.includes('/')) return [];
    const place = above === '' ? key : `${above}/${key}`;
    const inner = plain(value);
    return [place, ...(inner instanceof Map ? placesOf(inner, place) : [])];
  });
}

function hasAnchor(value: unknown): boolean {
  if (value instanceof Map) return [...value.values()].some(hasAnchor);
  return value !== null && typeof value === 'object' && 'anchor' in value;
}

/** Edits that change only the spelling. */
export const spellingEdits: Edit[] = [
  addComment,
  addComment,
  reorderKeys,
  reorderKeys,
  changeStyle,
  changeStyle,
  changeMerge,
];
