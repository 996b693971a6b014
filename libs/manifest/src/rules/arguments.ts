import { suggest } from '@nx-image-matrix/diagnostics';
import { argumentsOf, layersOf } from '../normalise/specs.ts';
import type { Node, ScalarNode } from '../yaml/tree.ts';
import type { Problems } from '../yaml/problems.ts';

/** The names of the arguments that the manifest has at any level. */
export function argumentNames(tree: Node): Set<string> {
  return new Set(layersOf(tree).flatMap((layer) => argumentsOf(layer).map(([name]) => name)));
}

/** Reports a key of a section that is neither one of its own nor the name of an argument. */
export function reportUnknownArgument(
  section: string,
  key: ScalarNode,
  known: readonly string[],
  problems: Problems,
  hint?: string,
): void {
  const nearest = suggest(key.text, known);
  const others = known.length > 0 ? `known keys: ${known.slice(0, 20).join(', ')}` : 'there are no `args` yet';
  problems.add(key, 'unknown-key', `unknown key \`${key.text}\` in \`${section}\`: it is not the name of an argument`, {
    hint: hint ?? (nearest ? `did you mean \`${nearest}\`?` : others),
    harmless: true,
    once: true,
  });
}
