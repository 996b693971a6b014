import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/manifest';
import { globMatches } from '../workspace/glob.ts';
import type { TargetNames } from '../workspace/options.ts';

interface OwnTarget {
  name: string;
  executor: string;
  /** Keys of `targetDefaults` that would take from it what it needs, and which values of theirs do. */
  breaks: Record<string, (value: unknown) => boolean>;
}

type Entry = Record<string, unknown> & { filter?: Record<string, unknown> };

const isTrue = (value: unknown): boolean => value === true;
const ownOptions = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && ['manifest', 'digest'].some((key) => Object.hasOwn(value, key));

/**
 * The targets of images and of matrices. Nx 23 and later put what the plugin says in the place of `...`; Nx 22 takes it for
 * a name.
 */
function ownTargets(targets: TargetNames, spreads: () => boolean): OwnTarget[] {
  const replaces = (value: unknown): boolean => !(Array.isArray(value) && value.includes('...') && spreads());
  const common = { continuous: isTrue, inputs: replaces };
  const notCached = { ...common, cache: isTrue };
  return [
    {
      name: targets.generate,
      executor: 'nx-image-matrix:generate',
      breaks: { ...common, outputs: replaces, options: ownOptions },
    },
    { name: targets.build, executor: 'nx-image-matrix:build', breaks: { ...notCached, dependsOn: replaces } },
    { name: targets.push, executor: 'nx-image-matrix:push', breaks: { ...notCached, dependsOn: replaces } },
    { name: targets.matrix, executor: 'nx-image-matrix:matrix', breaks: { ...notCached, options: ownOptions } },
    { name: targets.promote, executor: 'nx-image-matrix:promote', breaks: { ...notCached, options: ownOptions } },
  ];
}

/**
 * An error for each key of `targetDefaults` that Nx would put over what a target of an image needs: Nx merges them after
 * all plugins, without a word. `text` is that of `nx.json`, for the place;
 * `spreads` says whether this Nx knows `...`.
 */
export function targetDefaultsProblems(
  targetDefaults: NxJsonConfiguration['targetDefaults'],
  targets: TargetNames,
  { text, spreads }: { text: () => string; spreads: () => boolean },
): Diagnostic[] {
  const defaults = (targetDefaults ?? {}) as Record<string, unknown>;
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
 * The entries that Nx merges into a target: those of the first key that applies, be it the executor, the name, or a glob,
 * the longest first. An entry for some projects may apply or not, so the next key counts as well.
 */
function entriesFor(target: OwnTarget, defaults: Record<string, unknown>): { key: string; entry: Entry }[] {
  const globs = Object.keys(defaults).filter((key) => /[*?[\]{}!()]/.test(key) && globMatches(key, target.name));
  const keys = [target.executor, target.name, ...globs.sort((a, b) => b.length - a.length)];
  const found: { key: string; entry: Entry }[] = [];
  for (const key of keys) {
    if (!Object.hasOwn(defaults, key)) continue;
    const entries = ([defaults[key] ?? {}].flat() as Entry[]).filter(({ filter }) => applies(filter, target));
    found.push(...entries.filter((entry) => isFor(entry, target)).map((entry) => ({ key, entry })));
    if (entries.some(({ filter }) => !filter?.['projects'])) break;
  }
  return found;
}

function applies({ executor, plugin }: Record<string, unknown> = {}, own: OwnTarget): boolean {
  return (
    (executor === undefined || executor === own.executor) && (plugin === undefined || plugin === 'nx-image-matrix')
  );
}

/** Nx drops an entry for another executor. */
function isFor({ executor, command }: Entry, own: OwnTarget): boolean {
  return command === undefined && (executor === undefined || executor === own.executor);
}

function problem(key: string, name: string, { name: own, executor }: OwnTarget, text: string): Diagnostic {
  const option = `${executor.slice('nx-image-matrix:'.length)}TargetName`;
  const spread =
    name === 'options' || name === 'cache' || name === 'continuous'
      ? ''
      : ' With Nx 23 or later a `"..."` in the list keeps them, too.';
  return {
    code: 'replaced-target',
    severity: 'error',
    file: 'nx.json',
    ...placeOf(key, text),
    message: `\`${name}\` of \`targetDefaults["${key}"]\` would replace what the images' target ${own} needs`,
    hint:
      key === executor
        ? `Take \`${name}\` out of it.${spread}`
        : `Add \`"${executor}": {}\` to \`targetDefaults\`, which then counts for the images instead, or rename their target with the plugin option \`${option}\`.${spread}`,
  };
}

/** Where the key is written; a preset that `nx.json` extends may hold it. */
function placeOf(key: string, text: string): { line: number; column: number } {
  const section = text.indexOf('"targetDefaults"');
  const at = section < 0 ? -1 : text.indexOf(JSON.stringify(key), section);
  const before = text.slice(0, Math.max(at, 0)).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}
