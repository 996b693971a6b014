import type { Exclusion, Release } from '../manifest.ts';
import type { Node, Place } from '../yaml/tree.ts';
import { readDistro, type DistroIndex } from './distros.ts';
import { flatItems, flatScalars, isNull, namedEntriesOf } from './read.ts';

/** Keys of an entry of `exclude` that are not the name of an argument. */
export const exclusionKeys = ['package', 'release_type', 'distro', 'cuda'] as const;

/** The entries of `exclude`, which may be in nested lists; leaves out those without a condition. */
export function readExclusions(node: Node | undefined, distros: DistroIndex): Exclusion[] {
  return flatItems(node).flatMap((item) => {
    const conditions = conditionsOf(item.value);
    return Object.keys(conditions).length === 0 ? [] : [readExclusion(item.at, conditions, distros)];
  });
}

function readExclusion(at: Place, conditions: Record<string, Set<string>>, distros: DistroIndex): Exclusion {
  const { package: packages, release_type: releaseTypes, distro, cuda, ...others } = conditions;
  return {
    at,
    ...(packages && { packages }),
    ...(releaseTypes && { releaseTypes }),
    ...(distro && {
      releases: new Set(
        [...distro].flatMap((text) => {
          const reading = readDistro(text, distros);
          return 'releases' in reading ? reading.releases : [];
        }),
      ),
    }),
    ...(cuda && { cuda }),
    args: new Map(Object.entries(others)),
  };
}

/** The values of each key; a key with nothing after it is not a condition. */
function conditionsOf(entry: Node): Record<string, Set<string>> {
  return Object.fromEntries(
    namedEntriesOf(entry)
      .filter(([, { value }]) => !isNull(value))
      .map(([name, { value }]) => [name, new Set(flatScalars(value).map(({ text }) => text))]),
  );
}

/** Whether an entry leaves out all images of a release type of a package on a release, whatever their arguments. */
export function isLeftOut(exclusions: readonly Exclusion[], pkg: string, type: string, release: Release): boolean {
  return exclusions.some((exclusion) => leavesOutAll(exclusion, pkg, type, release));
}

/** Whether one entry does so. */
export function leavesOutAll(exclusion: Exclusion, pkg: string, type: string, release: Release): boolean {
  return exclusion.cuda === undefined && exclusion.args.size === 0 && isAbout(exclusion, pkg, type, release);
}

/** Whether an entry may leave out images of a release type of a package on a release. */
export function isAbout(
  { packages, releaseTypes, releases }: Exclusion,
  pkg: string,
  type: string,
  release: Release,
): boolean {
  if (packages && !packages.has(pkg)) return false;
  if (releaseTypes && !releaseTypes.has(type)) return false;
  return !releases || releases.has(release);
}
