import type { Problems } from '../diagnostics/problems.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { isPathComponent } from '../references/reference.ts';
import type { Entry } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';

/** Keys that become parts of repositories, tags, folders and project names. */
export function checkNames({ tree, problems }: RuleContext): void {
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'packages'))) checkPackageName(name, entry, problems);
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'release_types')))
    checkPart('release type', name, entry, problems);
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'releases'))) {
    checkPart('distro', name, entry, problems);
    for (const [version, release] of namedEntriesOf(entry.value))
      checkPart('distro version', version, release, problems);
  }
}

function checkPackageName(name: string, { key }: Entry, problems: Problems): void {
  if (isPathComponent(name)) return;
  const lower = name.toLowerCase();
  problems.add(key, 'bad-reference', `a package cannot be called \`${name}\`: images are named after it`, {
    hint: isPathComponent(lower)
      ? `write it in lower case: \`${lower}\``
      : 'lower-case letters and digits, with `.`, `_` or `-` between them',
    harmless: true,
  });
}

function checkPart(what: string, name: string, { key }: Entry, problems: Problems): void {
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name) && !name.includes('..')) return;
  problems.add(key, 'bad-reference', `a ${what} cannot be called \`${name}\`: it is part of tags and folders`, {
    hint: 'letters, digits, `_`, `.` and `-`, beginning with a letter or a digit',
    harmless: true,
  });
}
