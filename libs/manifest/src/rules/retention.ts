import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import type { RuleContext } from './context.ts';
import { releaseTypeHint } from './release-types.ts';

/** `retention`: each of its release types exists. */
export function checkRetention({ tree, manifest, problems }: RuleContext): void {
  for (const [name, { key }] of namedEntriesOf(valueOf(tree, 'retention'))) {
    if (manifest.releaseTypes.has(name)) continue;
    problems.add(key, 'unknown-release-type', `there is no release type \`${name}\``, {
      hint: releaseTypeHint(name, manifest),
      harmless: true,
    });
  }
}
