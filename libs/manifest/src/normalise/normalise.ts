import type { Manifest } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { readAxisLabels } from './axis-labels.ts';
import { readCudaDependencies, readCudaSettings } from './cuda.ts';
import { indexDistros } from './distros.ts';
import { readExclusions } from './exclusions.ts';
import { readPackages } from './packages.ts';
import { entryOf, namedEntriesOf, textOf, valueOf } from './read.ts';
import { readReleaseTypes } from './release-types.ts';
import { readReleases } from './releases.ts';
import { readRepositories } from './repositories.ts';
import { readRetention } from './retention.ts';
import { readStaging } from './staging.ts';

/** The manifest of a tree, with inheritance applied and references resolved; leaves out what is malformed. */
export function normalise(tree: Node, file: string): Manifest {
  const cudaDependencies = readCudaDependencies(valueOf(tree, 'cuda_dependencies'));
  const releaseTypes = readReleaseTypes(valueOf(tree, 'release_types'));
  const releasesNode = valueOf(tree, 'releases');
  const releases = readReleases(releasesNode, valueOf(tree, 'release_spec'), cudaDependencies);
  const distros = indexDistros(
    namedEntriesOf(releasesNode).map(([name]) => name),
    releases,
  );
  return {
    file,
    version: textOf(valueOf(tree, 'version')),
    repositories: readRepositories(valueOf(tree, 'repository')),
    staging: readStaging(entryOf(tree, 'staging')),
    retention: readRetention(valueOf(tree, 'retention')),
    cudaDependencies,
    cudaSettings: readCudaSettings(valueOf(tree, 'cuda_dependencies')),
    packages: readPackages(
      valueOf(tree, 'packages'),
      valueOf(tree, 'package_spec'),
      releaseTypes,
      distros,
      cudaDependencies,
    ),
    releases,
    releaseTypes,
    axisLabels: readAxisLabels(valueOf(tree, 'axis_labels')),
    exclusions: readExclusions(valueOf(tree, 'exclude'), distros),
    exclusionsNode: valueOf(tree, 'exclude'),
  };
}
