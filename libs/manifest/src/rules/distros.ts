import { suggest } from '@nx-image-matrix/diagnostics';
import type { Problems } from '../yaml/problems.ts';
import { indexDistros, readDistro, type DistroIndex } from '../normalise/distros.ts';
import { flatScalars, isNull, namedEntriesOf, valueOf } from '../normalise/read.ts';
import type { Node, ScalarNode } from '../yaml/tree.ts';
import type { RuleContext } from './context.ts';

/** Entries of `packages`: each is a distro, or exactly one version of a distro. */
export function checkDistros({ tree, manifest, problems }: RuleContext): void {
  const releases = valueOf(tree, 'releases');
  if (releases?.kind !== 'map') return;
  const names = namedEntriesOf(releases).map(([name]) => name);
  const index = indexDistros(names, manifest.releases);
  for (const entry of listedDistros(valueOf(tree, 'packages'))) checkDistro(entry, index, releases, problems);
}

/** Reports a text that names neither a distro nor exactly one version of a distro. */
export function checkDistro(entry: ScalarNode, index: DistroIndex, releases: Node, problems: Problems): void {
  const reading = readDistro(entry.text, index);
  if ('unknown' in reading && !isBelowMalformed(entry.text, releases)) {
    const nearest = suggest(entry.text, index.keys());
    problems.add(entry, 'unknown-distro', `\`releases\` has no \`${entry.text}\``, {
      hint: nearest && `did you mean \`${nearest}\`?`,
      harmless: true,
    });
  } else if ('ambiguous' in reading) {
    const readings = reading.ambiguous
      .map(({ distro }) => `\`${distro.name}\` version \`${distro.version}\``)
      .join(' or ');
    problems.add(entry, 'ambiguous-distro', `\`${entry.text}\` can be read as ${readings}`, {
      hint: 'rename one of the distros',
      harmless: true,
    });
  } else if ('releases' in reading && reading.releases.length === 0 && isNull(valueOf(releases, entry.text))) {
    problems.add(entry, 'unknown-distro', `\`${entry.text}\` has no versions in \`releases\``, { harmless: true });
  }
}

function listedDistros(packages: Node | undefined) {
  return namedEntriesOf(packages).flatMap(([, pkg]) =>
    namedEntriesOf(pkg.value).flatMap(([, list]) => (list.value.kind === 'list' ? flatScalars(list.value) : [])),
  );
}

/** Whether it may be a version of a malformed distro, which is already reported. */
function isBelowMalformed(entry: string, releases: Node): boolean {
  return namedEntriesOf(releases).some(
    ([name, { value }]) => entry.startsWith(name) && value.kind !== 'map' && !isNull(value),
  );
}
