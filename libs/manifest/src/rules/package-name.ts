import type { Problems } from '../yaml/problems.ts';
import { suggest } from '@nx-image-matrix/diagnostics';
import type { Entry, Node } from '../yaml/tree.ts';

/** Reports a key that should be a package but is not. */
export function checkPackageName(name: string, { key }: Entry, packages: Node | undefined, problems: Problems): void {
  if (packages?.kind !== 'map' || packages.entries.has(name)) return;
  const nearest = suggest(name, packages.entries.keys());
  problems.add(key, 'unknown-package', `\`packages\` has no \`${name}\``, {
    hint: nearest && `did you mean \`${nearest}\`?`,
    harmless: true,
  });
}
