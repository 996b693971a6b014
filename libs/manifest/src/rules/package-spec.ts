import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { checkPackageName } from './package-name.ts';
import type { RuleContext } from './context.ts';

/** `package_spec` configures packages that exist. */
export function checkPackageSpec({ tree, problems }: RuleContext): void {
  const packages = valueOf(tree, 'packages');
  for (const [name, entry] of namedEntriesOf(valueOf(tree, 'package_spec')))
    checkPackageName(name, entry.key, packages, problems);
}
