import type { Node } from '../yaml/tree.ts';
import { namedEntriesOf, valueOf } from './read.ts';

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
