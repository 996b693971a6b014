import type { Problems } from '../yaml/problems.ts';
import type { Layer, Listing, Manifest, Package, Release, ReleaseType } from '../manifest.ts';

/**
 * A manifest without the parts whose images could not be tagged correctly: expanding it finds the remaining errors, and
 * none that only follow from known ones.
 */
export function soundParts(manifest: Manifest, problems: Problems): Manifest {
  const { exclusionsNode } = manifest;
  if (exclusionsNode && !problems.isSound(exclusionsNode)) return { ...manifest, packages: [] };
  const isSoundLayer = (layer: Layer): boolean => layer.naming.every((node) => problems.isSound(node));
  const isSoundRelease = ({ entries, layers }: Release): boolean => {
    const addToTags = entries.get('add_to_tags')?.value;
    return layers.every(isSoundLayer) && (addToTags === undefined || problems.isSound(addToTags));
  };
  const releases = manifest.releases.filter(isSoundRelease);
  const sound = manifest.packages.filter((pkg) => isSoundLayer(pkg.layer));
  const releaseTypes = soundTypes(manifest.releaseTypes, new Set(sound.map(({ name }) => name)), problems);
  const packages = sound.map((pkg) =>
    withListings(
      pkg,
      pkg.listings.filter((listing) => releaseTypes.has(listing.releaseType)),
    ),
  );
  return { ...manifest, packages, releases, releaseTypes };
}

function withListings(pkg: Package, listings: Listing[]): Package {
  return { ...pkg, listings };
}

/** Without malformed release types, and without those that start from one or from a package that is left out. */
function soundTypes(
  types: ReadonlyMap<string, ReleaseType>,
  packages: ReadonlySet<string>,
  problems: Problems,
): Map<string, ReleaseType> {
  const isSound = ({ node }: ReleaseType): boolean => node === undefined || problems.isSound(node);
  const sound = new Map(types);
  for (let dropped = true; dropped;) {
    dropped = false;
    for (const [name, type] of sound) {
      const { from, fromPackage } = type;
      const orphaned =
        (from !== undefined && types.has(from) && !sound.has(from)) ||
        (fromPackage !== undefined && !packages.has(fromPackage));
      if ((orphaned || !isSound(type)) && sound.delete(name)) dropped = true;
    }
  }
  return sound;
}
