import type { RepositoryEntry } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { namedEntriesOf, textOf, valueOf } from './read.ts';

/** The entries of `repository`, with the names of variables, never their values. */
export function readRepositories(node: Node | undefined): RepositoryEntry[] {
  return namedEntriesOf(node).map(([name, { value }]) => {
    const text = (key: string): string | undefined => textOf(valueOf(value, key))?.text;
    const registry = namedEntriesOf(valueOf(value, 'registry')).map(([pkg, repository]) => [
      pkg,
      textOf(repository.value)?.text ?? '',
    ]);
    return {
      name,
      onlyIf: text('only_if'),
      user: text('user'),
      password: text('pwd'),
      registry: Object.fromEntries(registry),
    };
  });
}
