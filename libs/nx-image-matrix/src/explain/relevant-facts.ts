import type { ChangedFact } from './facts.ts';
import type { SideImage } from './read-side.ts';

/**
 * Those of the changed facts that can show in the files of an image: what its templates read, and what `image.json`
 * has. What an image only has from its parent is left out. A value that uses the release version counts as that.
 */
export function relevantFacts(
  facts: readonly ChangedFact[],
  old: SideImage,
  now: SideImage,
  changedParents: readonly string[],
): ChangedFact[] {
  const version = facts.find(({ kind }) => kind === 'version');
  const found = facts.filter((fact) => isRelevant(fact, old, now, changedParents));
  const own = found.filter((fact) => !(version && usesVersion(fact, now)));
  const all = own.length < found.length && version && !own.includes(version) ? [version, ...own] : own;
  // Where a release loses or gets its base, its images start from another one.
  const multistage = facts.find(({ key }) => key === 'multistage_image');
  if (!multistage || !all.some(({ kind }) => kind === 'from')) return all;
  return [multistage, ...all.filter((fact) => fact.kind !== 'from' && fact !== multistage)];
}

function isRelevant(
  { kind, name, variable, recorded }: ChangedFact,
  old: SideImage,
  now: SideImage,
  changedParents: readonly string[],
): boolean {
  const isRead = variable !== undefined && [old, now].some(({ generated }) => generated.variables.has(variable));
  const [before, after] = [old.generated.document, now.generated.document];
  switch (kind) {
    case 'argument':
      return isRead || valueOf(before.args, name) !== valueOf(after.args, name);
    case 'base-image':
      return isRead || (changedParents.length === 0 && before.baseImage !== after.baseImage);
    case 'tags':
      return (
        isRead ||
        JSON.stringify([before.tags, before.floatingTags]) !== JSON.stringify([after.tags, after.floatingTags])
      );
    default:
      return isRead || recorded === true;
  }
}

function usesVersion({ kind, name, key }: ChangedFact, { generated }: SideImage): boolean {
  const { versioned } = generated.image;
  if (kind === 'argument') return versioned.includes(`args.${name}`);
  if (kind === 'label') return versioned.includes(`labels.${name}`);
  if (kind === 'tags') return versioned.includes('tags') || versioned.includes('floatingTags');
  return kind !== 'version' && key !== undefined && versioned.includes(key);
}

function valueOf(values: Readonly<Record<string, string>>, name: string | undefined): string | undefined {
  return name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}
