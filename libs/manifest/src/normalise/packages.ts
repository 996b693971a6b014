import type { Listing, Package, ReleaseType } from '../manifest.ts';
import type { Entry, Node } from '../yaml/tree.ts';
import { resolveCuda, type CudaDependencies } from './cuda.ts';
import { readDistro, type DistroIndex } from './distros.ts';
import { readLayer } from './layer.ts';
import { entryOf, flatScalars, namedEntriesOf, valueOf } from './read.ts';

/** The packages and the releases that each of their release types lists; leaves out what cannot be resolved. */
export function readPackages(
  packages: Node | undefined,
  specs: Node | undefined,
  types: Map<string, ReleaseType>,
  distros: DistroIndex,
  cudaDependencies: CudaDependencies,
): Package[] {
  return namedEntriesOf(packages).map(([name, entry]) => ({
    name,
    key: entry.key,
    listings: namedEntriesOf(entry.value)
      .filter(([type]) => type !== 'base' && types.has(type))
      .map(([type, list]) => readListing(type, list, distros)),
    layer: readLayer(valueOf(specs, name)),
    ...readCuda(valueOf(specs, name), cudaDependencies),
  }));
}

function readCuda(spec: Node | undefined, dependencies: CudaDependencies): Pick<Package, 'cuda'> {
  const entry = entryOf(spec, 'cuda');
  return entry ? { cuda: { entry, setting: resolveCuda(entry, dependencies).setting } } : {};
}

function readListing(releaseType: string, list: Entry, distros: DistroIndex): Listing {
  const resolved = flatScalars(list.value).map((entry) => {
    const reading = readDistro(entry.text, distros);
    return { entry, releases: 'releases' in reading ? reading.releases : [] };
  });
  return { releaseType, key: list.key, distros: resolved };
}
