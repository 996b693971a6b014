import type { RepositoryEntry } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { readLogin } from './login.ts';
import { readSigning } from './signing.ts';
import { isNull, namedEntriesOf, textOf, valueOf } from './read.ts';

/** The entries of `repository`, with the names of variables, never their values. */
export function readRepositories(node: Node | undefined): RepositoryEntry[] {
  return namedEntriesOf(node).map(([name, { value }]) => {
    const registry = namedEntriesOf(valueOf(value, 'registry'));
    const sign = readSigning(valueOf(value, 'sign'));
    const isOff = ([, repository]: (typeof registry)[number]): boolean => isNull(repository.value);
    return {
      name,
      ...readLogin(value),
      ...(sign && { sign }),
      registry: Object.fromEntries(
        registry
          .filter((entry) => !isOff(entry))
          .map(([pkg, repository]) => [pkg, textOf(repository.value)?.text ?? '']),
      ),
      ...(registry.some(isOff) && { without: new Set(registry.filter(isOff).map(([pkg]) => pkg)) }),
    };
  });
}
