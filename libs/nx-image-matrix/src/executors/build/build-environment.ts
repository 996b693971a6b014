import { normalizePlatforms, type BuildCache } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';

/** Settings of the machine for all images. Not part of the build ID. */
export interface BuildEnvironment {
  /** Repository to read the build cache from. */
  cacheFrom?: string;
  /** Repository to write the build cache to. */
  cacheTo?: string;
  /** Build again without any cache, on the newest base images, even if the image is up to date. */
  refresh: boolean;
  /** Whether images that are reused from staging are pulled; absent if the plugin option decides. */
  load?: boolean;
  /** Whether images are built without the attestations that the manifest wants. */
  withoutAttestations: boolean;
  /** The only platforms to build for, normalized; absent for all. */
  platforms?: readonly string[];
}

/**
 * Reads `IMAGE_CACHE_FROM`, `IMAGE_CACHE_TO`, `IMAGE_REFRESH`, `IMAGE_LOAD`, `IMAGE_ATTESTATIONS` and `IMAGE_PLATFORMS`. These are variables, not options, because they also
 * apply to parents that a run builds, which do not get the options of the command line.
 * @throws Error that names a variable with an invalid value.
 */
export function readBuildEnvironment(environment: NodeJS.ProcessEnv): BuildEnvironment {
  const cacheFrom = repository(environment, 'IMAGE_CACHE_FROM');
  const cacheTo = repository(environment, 'IMAGE_CACHE_TO');
  const load = environment['IMAGE_LOAD'];
  const platforms = readPlatforms(environment['IMAGE_PLATFORMS']);
  const refresh = isSet(environment['IMAGE_REFRESH']);
  const attestations = environment['IMAGE_ATTESTATIONS'];
  const withoutAttestations = Boolean(attestations) && !isSet(attestations);
  return {
    cacheFrom,
    cacheTo,
    refresh,
    withoutAttestations,
    ...(load && { load: isSet(load) }),
    ...(platforms && { platforms }),
  };
}

/** The part of a build request that results from them: each image has its own tag in the cache repository. */
export function environmentOf(
  { cacheFrom, cacheTo, refresh }: BuildEnvironment,
  { folder, document, parents, requested }: Pick<BuildPlan, 'folder' | 'document' | 'parents' | 'requested'>,
): { pull: boolean; noCache: boolean; cache?: BuildCache } {
  // Machines that each build one platform must not replace each other's cache.
  const part = document.platforms.length > 1 && requested.length === 1 ? `-${requested[0]}` : '';
  const tag = cacheTag(folder.project, part);
  const cache: BuildCache = {
    from: cacheFrom && !refresh ? [`${cacheFrom}:${tag}`] : [],
    to: cacheTo && `${cacheTo}:${tag}`,
    pushed: document.repositories.map((name) => `${name}:${document.tags[0]}`),
  };
  return {
    // Pulling a newer image would replace an own parent with the registry's image of that name.
    pull: refresh && parents.length === 0,
    noCache: refresh,
    ...((cache.from.length > 0 || cache.to) && { cache }),
  };
}

/**
 * Tags have 128 characters at most:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
 */
function cacheTag(project: string, part: string): string {
  return `${project.slice(0, 128 - part.length)}${part}`.replaceAll(/[^\w.-]/g, '-');
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}

function repository(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = environment[name];
  if (!value) return undefined;
  if (/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+$/.test(value)) return value;
  throw new Error(
    `${name} is "${value}", which is not a repository; write one in lower case with its registry and without a tag, ` +
      'such as "ghcr.io/acme/build-cache".',
  );
}

/** @throws Error for a name that is no platform */
function readPlatforms(value: string | undefined): string[] | undefined {
  const names = (value ?? '').split(/[\s,]+/).filter((name) => name !== '');
  const wrong = names.find((name) => !/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/.test(name));
  if (wrong !== undefined) {
    throw new Error(
      `IMAGE_PLATFORMS has "${wrong}", which is not a platform; write operating system and architecture as in the ` +
        'manifest, with commas between several: "linux/amd64,linux/arm64".',
    );
  }
  return names.length === 0 ? undefined : normalizePlatforms(names);
}
