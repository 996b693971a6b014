import type { Problems } from '../yaml/problems.ts';
import { suggest } from '@nx-image-matrix/diagnostics';
import type { Node, Place } from '../yaml/tree.ts';

/** Reports a name that should be that of a package but is not. */
export function checkPackageName(name: string, place: Place, packages: Node | undefined, problems: Problems): void {
  if (packages?.kind !== 'map' || packages.entries.has(name)) return;
  const nearest = suggest(name, packages.entries.keys());
  problems.add(place, 'unknown-package', `\`packages\` has no \`${name}\``, {
    hint: nearest && `did you mean \`${nearest}\`?`,
    harmless: true,
  });
}
