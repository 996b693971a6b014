import { suggest } from '@nx-image-matrix/diagnostics';
import { MAX_CHAIN } from '../expand/plan.ts';
import type { Manifest, ReleaseType } from '../manifest.ts';
import { namedEntriesOf, valueOf } from '../normalise/read.ts';
import { checkPackageName } from './package-name.ts';
import type { RuleContext } from './context.ts';

/** Release types: named types exist, none starts from itself, and none without CUDA starts from one with CUDA. */
export function checkReleaseTypes(context: RuleContext): void {
  checkListed(context);
  checkParents(context);
  checkCycles(context);
  checkChains(context);
}

function checkListed({ tree, manifest, problems }: RuleContext): void {
  for (const [, pkg] of namedEntriesOf(valueOf(tree, 'packages'))) {
    for (const [name, { key }] of namedEntriesOf(pkg.value)) {
      if (name === 'base') {
        const hint = 'leave it out: there is one for every release that another release type names';
        problems.add(key, 'unknown-release-type', '`base` cannot be listed: base images come by themselves', {
          hint,
          harmless: true,
        });
      } else if (!manifest.releaseTypes.has(name) && isWellFormed(valueOf(tree, 'release_types'))) {
        problems.add(key, 'unknown-release-type', `there is no release type \`${name}\``, {
          hint: releaseTypeHint(name, manifest),
          harmless: true,
        });
      }
    }
  }
}

function checkParents({ tree, manifest, problems }: RuleContext): void {
  const used = usedTypes(manifest);
  for (const type of manifest.releaseTypes.values()) {
    if (type.from === undefined) continue;
    const parent = manifest.releaseTypes.get(type.from);
    if (type.fromPackage !== undefined && type.fromAt)
      checkPackageName(type.fromPackage, type.fromAt, valueOf(tree, 'packages'), problems);
    if (!parent && type.fromAt) {
      const message = `there is no release type \`${type.from}\` to start from`;
      problems.add(type.fromAt, 'unknown-release-type', message, {
        hint: releaseTypeHint(type.from, manifest, type.name),
        harmless: true,
      });
    } else if (parent?.cuda && !type.cuda && (type.key || used.has(type.name))) {
      const message = `\`${type.name}\` has no CUDA but starts from \`${shownParent(type)}\`, which has`;
      const place = type.fromAt ?? type.key ?? parent.cudaAt ?? parent.key;
      if (place)
        problems.add(place, 'bad-parent', message, {
          hint: `give \`${type.name}\` \`cuda: true\`, or another \`from\``,
          once: true,
        });
    }
  }
}

function checkCycles({ manifest, problems }: RuleContext): void {
  const seen = new Set<ReleaseType>();
  for (const type of manifest.releaseTypes.values()) {
    const cycle = newCycle(type, manifest, seen);
    if (!cycle) continue;
    const [place] = cycle.flatMap(({ fromAt }) => fromAt ?? []).sort((a, b) => a.line - b.line || a.column - b.column);
    const names = [...cycle.slice(0, 1).map(({ name }) => name), ...cycle.map(shownParent)];
    const shown = cycle.length > MAX_CHAIN ? [...names.slice(0, MAX_CHAIN), ...names.slice(-2)] : names;
    const path = shown.map((name) => `\`${name}\``).join(' -> ');
    if (place) problems.add(place, 'image-cycle', `these release types start from each other: ${path}`);
    for (const { fromAt } of cycle) if (fromAt) problems.taint(fromAt);
  }
}

/** The cycle that following `from` leads to, unless it was found before. Visits each release type once. */
function newCycle(start: ReleaseType, manifest: Manifest, seen: Set<ReleaseType>): ReleaseType[] | undefined {
  const path = new Set<ReleaseType>();
  let type: ReleaseType | undefined = start;
  while (type && !seen.has(type)) {
    seen.add(type);
    path.add(type);
    type = parentOf(type, manifest);
  }
  if (!type || !path.has(type)) return undefined;
  const ordered = [...path];
  return ordered.slice(ordered.indexOf(type));
}

/** Reports the first release type that is too far from `base`. */
function checkChains({ manifest, problems }: RuleContext): void {
  const depths = new Map<ReleaseType, number>();
  for (const start of manifest.releaseTypes.values()) {
    const path: ReleaseType[] = [];
    let type: ReleaseType | undefined = start;
    while (type && !depths.has(type)) {
      depths.set(type, 0);
      path.push(type);
      type = parentOf(type, manifest);
    }
    let depth = (type && depths.get(type)) ?? 0;
    for (const passed of path.toReversed()) {
      depths.set(passed, ++depth);
      const place = passed.fromAt ?? passed.key;
      if (depth <= MAX_CHAIN || !place) continue;
      const message = `\`${passed.name}\` starts from a chain of more than ${MAX_CHAIN} release types`;
      problems.add(place, 'bad-parent', message, { hint: 'let it start from one that is nearer to `base`' });
      return;
    }
  }
}

/** The parent of a release type, as `from` names it. */
function shownParent({ from = '', fromPackage }: ReleaseType): string {
  return fromPackage === undefined ? from : `${fromPackage}/${from}`;
}

function parentOf({ from }: ReleaseType, manifest: Manifest): ReleaseType | undefined {
  return from === undefined ? undefined : manifest.releaseTypes.get(from);
}

function usedTypes(manifest: Manifest): Set<string> {
  const used = new Set(manifest.packages.flatMap(({ listings }) => listings.map(({ releaseType }) => releaseType)));
  for (const name of used) {
    const from = manifest.releaseTypes.get(name)?.from;
    if (from !== undefined) used.add(from);
  }
  return used;
}

function isWellFormed(releaseTypes: ReturnType<typeof valueOf>): boolean {
  return (
    releaseTypes === undefined ||
    releaseTypes.kind === 'map' ||
    (releaseTypes.kind === 'scalar' && releaseTypes.value === null)
  );
}

/** What to do about a name that is not that of a release type. */
export function releaseTypeHint(name: string, manifest: Manifest, except?: string): string | undefined {
  const candidates = [...manifest.releaseTypes.keys()].filter(
    (candidate) => candidate !== 'base' || except !== undefined,
  );
  const nearest = suggest(
    name,
    candidates.filter((candidate) => candidate !== except),
  );
  return nearest ? `did you mean \`${nearest}\`?` : 'further release types are declared in `release_types`';
}
