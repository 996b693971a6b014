import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { globMatches } from '../workspace/glob.ts';
import { renamingOption, type TargetNames } from '../options/targets.ts';
import { isForTarget, ownTargets, placeOf, type OwnTarget } from './own-targets.ts';

type Entry = Record<string, unknown> & { filter?: Record<string, unknown> };

/**
 * An error for each key of `targetDefaults` that would override required settings of an image's target: Nx silently
 * merges them after all plugins. `text` is that of `nx.json`, for the place; `spreads` says whether this Nx supports
 * `...`.
 */
export function targetDefaultsProblems(
  targetDefaults: NxJsonConfiguration['targetDefaults'],
  targets: TargetNames,
  { text, spreads }: { text: () => string; spreads: () => boolean },
): Diagnostic[] {
  const defaults: Record<string, unknown> = targetDefaults ?? {};
  if (Object.keys(defaults).length === 0) return [];
  const found = ownTargets(targets, spreads).flatMap((target) =>
    entriesFor(target, defaults).flatMap(({ key, entry }) =>
      Object.entries(target.breaks)
        .filter(([name, breaks]) => Object.hasOwn(entry, name) && breaks(entry[name]))
        .map(([name]) => ({ key, name, target })),
    ),
  );
  return found.map(({ key, name, target }) => problem(key, name, target, text()));
}

/**
 * The entries that Nx merges into a target: those of the first key that applies, which is the executor, the name, or a
 * glob, the longest first. An entry with a filter for projects may apply or not, so the next key counts as well.
 */
function entriesFor(target: OwnTarget, defaults: Record<string, unknown>): { key: string; entry: Entry }[] {
  const globs = Object.keys(defaults).filter((key) => /[*?[\]{}!()]/.test(key) && globMatches(key, target.name));
  const keys = [target.executor, target.name, ...globs.sort((a, b) => b.length - a.length)];
  const found: { key: string; entry: Entry }[] = [];
  for (const key of keys) {
    if (!Object.hasOwn(defaults, key)) continue;
    const entries = ([defaults[key] ?? {}].flat() as Entry[]).filter(({ filter }) => applies(filter, target));
    found.push(...entries.filter((entry) => isForTarget(entry, target)).map((entry) => ({ key, entry })));
    if (entries.some(({ filter }) => !filter?.['projects'])) break;
  }
  return found;
}

function applies({ executor, plugin }: Record<string, unknown> = {}, own: OwnTarget): boolean {
  return (
    (executor === undefined || executor === own.executor) && (plugin === undefined || plugin === 'nx-image-matrix')
  );
}

function problem(key: string, name: string, target: OwnTarget, text: string): Diagnostic {
  const { name: own, executor } = target;
  const spread =
    name === 'options' || name === 'cache' || name === 'continuous'
      ? ''
      : ' With Nx 23 or later a `"..."` in the list keeps them, too.';
  return {
    code: 'replaced-target',
    severity: 'error',
    file: 'nx.json',
    // It may be in a preset that `nx.json` extends.
    ...placeOf(key, 'targetDefaults', text),
    message: `\`${name}\` of \`targetDefaults["${key}"]\` would replace what the images' target ${own} needs`,
    hint:
      key === executor
        ? `Take \`${name}\` out of it.${spread}`
        : `add \`"${executor}": {}\` to \`targetDefaults\`, which then counts for the images instead, or rename their target with the plugin option \`${renamingOption(target.key)}\`.${spread}`,
  };
}
