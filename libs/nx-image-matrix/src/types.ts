import type { EngineName } from '@nx-image-matrix/engine/engines';

/** Options of the plugin entry in `nx.json`. */
export interface ImageMatrixOptions {
  /** Folder of the generated files, beside the manifest. Default: `docker`. */
  outputDir?: string;
  /** Folder that partials are looked for in, beside the manifest. Default: the nearest common parent of all `templates_dir`s. */
  templatesRoot?: string;
  /** Release version, where neither the environment variable `IMAGE_VERSION` nor the manifest should decide. */
  version?: string;
  /** Put before project names and local references; one for all manifests, or by manifest path. */
  prefix?: string | Record<string, string>;
  /** Container engine. Default: `auto`, the first that answers. */
  engine?: 'auto' | EngineName;
  /** Base of NVIDIA's repository URLs, for a mirror. Default: `https://developer.download.nvidia.com/compute`. */
  cudaRepositoryBase?: string;
  /** Seconds that the build of one image may take. Default: 3600. */
  buildTimeout?: number;
  /** Images built at once. Default: the number of cores. */
  maxParallel?: number;
  /** Registries, `host:port`, that speak plain HTTP, besides those of this machine. Default: none. */
  insecureRegistries?: string[];
  /**
   * What build secrets may be: in CI only the variables of `env`, and files outside of the workspace only below
   * `folders`. Default: no variable in CI, and no file outside.
   */
  buildSecrets?: { env?: string[]; folders?: string[] };
  /** Default: `docker-generate`. */
  generateTargetName?: string;
  /** Default: `docker-build`. */
  buildTargetName?: string;
  /** Default: `docker-push`. */
  pushTargetName?: string;
  /** Default: `docker-promote`. */
  promoteTargetName?: string;
  /** Default: `docker-matrix`. */
  matrixTargetName?: string;
}

/** What `image.json` holds: the resolved image, as `schemas/image.schema.json` publishes it. */
export interface ImageDocument {
  package: string;
  releaseType: string;
  distro: string;
  distroVersion: string;
  cuda: string | null;
  /** The build arguments that the Dockerfile declares. */
  args: Record<string, string>;
  from: string;
  baseImage: string;
  /** May hold `{{ run.date }}` and `{{ run.sha }}`, which push fills in. */
  tags: string[];
  floatingTags: string[];
  reference: string;
  platforms: string[];
  labels: Record<string, string>;
  repositories: string[];
  /** Build secrets by name, never by value; absent when there are none. */
  secrets?: { id: string; env?: string; src?: string }[];
  /** IDs of the SSH agents that the build may mount; absent when there are none. */
  ssh?: string[];
  /** Tags or files mention a release version, but none was given: such an image cannot be pushed. */
  unversioned?: true;
  /** Workspace-relative path of the manifest that the image comes from. */
  manifest: string;
  /** Workspace-relative folder of the image. */
  folder: string;
  /** Files that were written for the image, relative to its folder, sorted. */
  files: string[];
}

/** What `metadata.image` of an image project holds. */
export interface ImageMetadata extends ImageDocument {
  /** Whether the files on disk are those that the manifest and the templates give. */
  upToDate: boolean;
}
