import type { Release } from '../manifest.ts';

/** The possible meanings of an entry of `packages`: releases, none, or one of several. */
export type DistroReading = { releases: Release[] } | { unknown: true } | { ambiguous: Release[] };

export type DistroIndex = Map<string, DistroReading>;

/** Every text that names a distro or one version of it; an exact distro name wins. */
export function indexDistros(distroNames: Iterable<string>, releases: Release[]): DistroIndex {
  const index: DistroIndex = new Map();
  for (const release of releases) {
    const known = index.get(release.distro.id);
    const readings =
      known && 'releases' in known ? known.releases : known && 'ambiguous' in known ? known.ambiguous : [];
    index.set(
      release.distro.id,
      readings.length === 0 ? { releases: [release] } : { ambiguous: [...readings, release] },
    );
  }
  const distros = new Map([...distroNames].map((name): [string, Release[]] => [name, []]));
  for (const release of releases) distros.get(release.distro.name)?.push(release);
  for (const [name, versions] of distros) index.set(name, { releases: versions });
  return index;
}

export function readDistro(entry: string, index: DistroIndex): DistroReading {
  return index.get(entry) ?? { unknown: true };
}
