import type { Node } from '../yaml/tree.ts';
import type { Entry } from '../yaml/tree.ts';
import { isReserved } from './reserved.ts';
import { entriesOf, namedEntriesOf, valueOf } from './read.ts';

/** `release_spec` and every release. */
export function specsOf(tree: Node): Node[] {
  const defaults = valueOf(tree, 'release_spec');
  const releases = namedEntriesOf(valueOf(tree, 'releases')).flatMap(([, distro]) => namedEntriesOf(distro.value));
  return [...(defaults ? [defaults] : []), ...releases.map(([, release]) => release.value)];
}

/** `release_spec`, every release, and the entries of `release_types` and `package_spec`. */
export function layersOf(tree: Node): Node[] {
  const others = ['release_types', 'package_spec'].flatMap((key) => namedEntriesOf(valueOf(tree, key)));
  return [...specsOf(tree), ...others.map(([, { value }]) => value)];
}

/** The entries of a layer's `args`, and those that come with the values of its axes. */
export function argumentsOf(layer: Node): [name: string, entry: Entry, axis?: string][] {
  return namedEntriesOf(valueOf(layer, 'args')).flatMap(([name, entry]): [string, Entry, string?][] => [
    [name, entry],
    ...companionsOf(entry.value).map((companion): [string, Entry, string] => [companion.key.text, companion, name]),
  ]);
}

/** The arguments below the values of an axis, whose reserved keys are left out. */
function companionsOf(axis: Node): Entry[] {
  return entriesOf(axis).flatMap(({ value }) => entriesOf(value).filter(({ key }) => !isReserved(key.text)));
}
