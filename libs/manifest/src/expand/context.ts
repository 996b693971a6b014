import type { BaseLock } from '../base-lock/read-base-lock.ts';
import type { Problems } from '../yaml/problems.ts';
import type { CudaVariables, Vars } from '../image.ts';
import type { Manifest, Release, RepositoryEntry, Text } from '../manifest.ts';
import type { Place } from '../yaml/tree.ts';
import { cleanFolder } from './names.ts';
import type { Settings } from './settings.ts';
import { varsReader } from './vars.ts';
import { CUDA_REPOSITORY_BASE, cudaVariables } from './cuda-variables.ts';

export interface ExpandOptions {
  /** The release version, if it overrides that of the manifest. */
  version?: string;
  /** Put before project names and local references. */
  prefix?: string;
  /** Replaces `https://developer.download.nvidia.com/compute`. */
  cudaRepositoryBase?: string;
  /** Folder of the project roots, relative to the manifest's; `docker` by default. */
  outputDir?: string;
  /** Digests of external base images. */
  baseLock?: BaseLock;
}

/** Values that all images of one expansion share. */
export interface ExpansionContext {
  file: string;
  version: string;
  /** Where the manifest sets the version. */
  versionPlace?: Place;
  prefix: string;
  outputDir: string;
  repositories: RepositoryEntry[];
  axisLabels: ReadonlyMap<string, Text>;
  baseLock: BaseLock;
  cudaVariables: (release: Release, version: string) => CudaVariables;
  /** The platforms of images with a CUDA version, if the manifest limits them. */
  cudaPlatforms: (version: string) => readonly string[] | undefined;
  /** The variable `vars`, the same object for equal values; absent if empty. */
  vars: (settings: Settings) => Vars | undefined;
  problems: Problems;
}

/** The effective version: that of the caller, else the manifest's. */
export function givenVersion(manifest: Manifest, options: ExpandOptions): { text: string; place?: Text } | undefined {
  if (options.version) return { text: options.version };
  return manifest.version && { text: manifest.version.text, place: manifest.version };
}

export function createContext(manifest: Manifest, options: ExpandOptions, problems: Problems): ExpansionContext {
  const version = givenVersion(manifest, options);
  const known = new Map<Release, Map<string, CudaVariables>>();
  return {
    file: manifest.file,
    version: version?.text ?? 'dev',
    versionPlace: version?.place,
    prefix: options.prefix ?? '',
    outputDir: cleanFolder(options.outputDir ?? 'docker'),
    repositories: manifest.repositories,
    axisLabels: manifest.axisLabels,
    baseLock: options.baseLock ?? new Map(),
    problems,
    vars: varsReader(),
    cudaPlatforms: (cuda) => manifest.cudaSettings.get(cuda)?.platforms,
    cudaVariables(release, cuda) {
      const ofRelease = known.get(release) ?? new Map<string, CudaVariables>();
      known.set(release, ofRelease);
      const components = manifest.cudaDependencies.get(cuda) ?? new Map<string, string>();
      const variables =
        ofRelease.get(cuda) ??
        cudaVariables(
          cuda,
          components,
          release,
          options.cudaRepositoryBase || CUDA_REPOSITORY_BASE,
          manifest.cudaSettings.get(cuda)?.requires,
        );
      ofRelease.set(cuda, variables);
      return variables;
    },
  };
}
