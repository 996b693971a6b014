import type { Problems } from '../yaml/problems.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { holdsCredentials, isRepository, repositoryHint } from '../references/grammar.ts';
import { suggest } from '@nx-image-matrix/diagnostics';
import { ownerOf } from '../references/owner.ts';
import type { Node, Place } from '../yaml/tree.ts';
import { checkLoginNames } from './credential-name.ts';
import { checkPackageName } from './package-name.ts';
import type { RuleContext } from './context.ts';
import { checkSigning } from './signing.ts';

/** `repository`: variables have valid names, packages exist, and registries accept the repositories. */
export function checkRepositories({ tree, manifest, problems }: RuleContext): void {
  for (const [, { value }] of namedEntriesOf(valueOf(tree, 'repository'))) {
    checkLoginNames(value, problems);
    checkSigning(valueOf(value, 'sign'), problems);
    for (const [pkg, entry] of namedEntriesOf(valueOf(value, 'registry'))) {
      checkOwner(pkg, entry.key, { tree, manifest, problems });
      checkRepository(entry.value, problems);
    }
  }
}

/** A key of `registry`: a package, or a package and one of its release types. */
function checkOwner(name: string, key: Place, { tree, manifest, problems }: RuleContext): void {
  const packages = valueOf(tree, 'packages');
  const { pkg, type } = ownerOf(name);
  const isTyped = type !== undefined && packages?.kind === 'map' && packages.entries.has(pkg);
  if (!isTyped) return checkPackageName(name, key, packages, problems);
  if (packages.entries.has(name)) {
    problems.add(
      key,
      'ambiguous-package',
      `\`${name}\` is a package, and it is also the release type \`${type}\` of \`${pkg}\``,
      {
        hint: 'rename one of the two packages',
        harmless: true,
      },
    );
  } else if (!manifest.releaseTypes.has(type)) {
    const nearest = suggest(type, manifest.releaseTypes.keys());
    problems.add(key, 'unknown-release-type', `there is no release type \`${type}\``, {
      hint: nearest && `did you mean \`${pkg}/${nearest}\`?`,
      harmless: true,
    });
  }
}

/** Reports a text that does not name a repository. */
export function checkRepository(value: Node, problems: Problems): void {
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
