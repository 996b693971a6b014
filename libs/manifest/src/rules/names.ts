import type { Problems } from '../yaml/problems.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { isRepositoryPath } from '../references/grammar.ts';
import { hasRegistry } from '../references/reference.ts';
import type { Entry, Place } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';

/** Keys that are used in repositories, tags, folders and project names. */
export function checkNames({ tree, problems }: RuleContext): void {
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'packages'))) checkPackageName(name, entry, problems);
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'release_types'))) {
    checkPart('release type', name, entry.key, problems);
    const template = valueOf(entry.value, 'template');
    if (template?.kind === 'scalar' && typeof template.value === 'string')
      checkPart('template', template.text, template, problems, 'it is the name of a file');
  }
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'releases'))) {
    checkPart('distro', name, entry.key, problems);
    for (const [version, release] of namedEntriesOf(entry.value))
      checkPart('distro version', version, release.key, problems);
  }
}

/** Folders have this name, and most file systems limit names to 255 bytes. */
const MAX_LENGTH = 100;

/** Device names on Windows: a repository with such a folder cannot be checked out there. */
function isDevice(name: string): boolean {
  return /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name);
}

function checkPackageName(name: string, { key }: Entry, problems: Problems): void {
  if (isRepositoryPath(name) && name.length <= MAX_LENGTH && !name.split('/').some(isDevice)) {
    checkFirstPart(name, key, problems);
    return;
  }
  const lower = name.toLowerCase();
  problems.add(key, 'bad-reference', `a package cannot be called \`${name}\`: images are named after it`, {
    hint:
      lower !== name && isRepositoryPath(lower)
        ? `write it in lower case: \`${lower}\``
        : 'lower-case letters and digits, with `.`, `_`, `-` or `/` between them',
    harmless: true,
  });
}

/** The part before the first slash must not be a registry to engines, nor the part that they omit. */
function checkFirstPart(name: string, key: Place, problems: Problems): void {
  const first = name.slice(0, Math.max(name.indexOf('/'), 0));
  if (!hasRegistry(name) && first !== 'library') return;
  const reason = first === 'library' ? 'engines leave out `library/`' : `engines read \`${first}\` as a registry`;
  problems.add(key, 'bad-reference', `a package cannot be called \`${name}\`: ${reason}`, {
    hint: 'leave it out; `registry` says where the images of a package are pushed',
    harmless: true,
  });
}

function checkPart(
  what: string,
  name: string,
  key: Place,
  problems: Problems,
  reason = 'it is part of tags and folders',
): void {
  const isWellFormed = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/.test(name) && !name.includes('..');
  if (isWellFormed && name.length <= MAX_LENGTH && !isDevice(name)) return;
  problems.add(key, 'bad-reference', `a ${what} cannot be called \`${name}\`: ${reason}`, {
    hint: 'at most 100 letters, digits, `_`, `.` and `-`, beginning with a letter or a digit, not ending with a dot',
    harmless: true,
  });
}
