import type { Problems } from '../yaml/problems.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { holdsCredentials, isRepository, repositoryHint } from '../references/grammar.ts';
import type { Node } from '../yaml/tree.ts';
import { checkCredentialName } from './credential-name.ts';
import { checkPackageName } from './package-name.ts';
import type { RuleContext } from './context.ts';

const credentialKeys = ['only_if', 'user', 'pwd'];

/** `repository`: variables have valid names, packages exist, and registries accept the repositories. */
export function checkRepositories({ tree, problems }: RuleContext): void {
  const packages = valueOf(tree, 'packages');
  for (const [, { value }] of namedEntriesOf(valueOf(tree, 'repository'))) {
    for (const key of credentialKeys) checkCredentialName(key, valueOf(value, key), problems);
    for (const [pkg, entry] of namedEntriesOf(valueOf(value, 'registry'))) {
      checkPackageName(pkg, entry.key, packages, problems);
      checkRepository(entry.value, problems);
    }
  }
}

function checkRepository(value: Node, problems: Problems): void {
  if (value.kind !== 'scalar' || typeof value.value !== 'string' || isRepository(value.text)) return;
  const concealed = holdsCredentials(value.text);
  const message =
    value.text === ''
      ? 'an empty text names no repository'
      : `${concealed ? 'this' : `\`${value.text}\``} is not a repository`;
  problems.add(value, 'bad-reference', message, {
    hint: concealed ? 'leave out scheme and credentials' : repositoryHint(value.text),
    harmless: true,
    ...(concealed && { conceal: true }),
  });
}
