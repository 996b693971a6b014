import type { Position } from '@nx-image-matrix/diagnostics';

export interface Distro {
  /** `debian` */
  name: string;
  /** `10`, as the manifest spells it */
  version: string;
  /** `debian10` */
  id: string;
}

/** One coordinate of an image on an axis of its matrix: a value of a list of build arguments, or a CUDA version of a list. */
export interface AxisValue {
  /** `python`, `cuda` */
  axis: string;
  /** `3.12` */
  value: string;
  /** `python3.12`, as it stands in names and tags */
  label: string;
  /** The build argument whose value it is; absent for CUDA. */
  arg?: string;
}

export interface Secret {
  id: string;
  env?: string;
  src?: string;
}

/** The variables of templates and tags; `null` is a variable of the contract that has no value here. */
export interface TemplateVariables {
  package: string;
  release_type: string;
  version: string;
  distro: Distro;
  header: string | null;
  base_image: string;
  add_to_tags: string | null;
  multistage_image: boolean;
  from: string;
  tags: string[];
  name: string;
  dir: string;
  envars: { name: string; value: string }[];
  args: Record<string, string>;
  cuda: CudaVariables | null;
}

export interface CudaVariables {
  version: { full: string; major: string; minor: string; patch: string; short: string };
  components: Record<string, string>;
  cudnn: { version: string; major: string; package: string } | null;
  requires: string | null;
  prefix: string;
  repository_url: string;
  ml_repository_url: string;
  repository_base: string;
  ml_repository_base: string;
}

/** What a manifest says of the arguments of its images; those of one package, release and release type share it. */
export interface ManifestArguments {
  /** By name. */
  declared: ReadonlyMap<string, { at: { line: number; column: number }; axis: boolean }>;
  /** Names of those that a tag or a label reads. */
  read: ReadonlySet<string>;
}

/** One image of a matrix, resolved: everything about it that can be known before its template is rendered. */
export interface Image {
  /** Nx project name, unique in the workspace. */
  name: string;
  /** Project root relative to the build context (the manifest's folder), with `/`. */
  dir: string;
  package: string;
  releaseType: string;
  distro: Distro;
  /** CUDA version, `11.3.1`; absent when the image has no CUDA. */
  cuda?: string;
  /** The CUDA version (if it is an axis) and the argument values that tell this image from its siblings, in naming order. */
  axes: AxisValue[];
  /** Build arguments with their Liquid rendered, this image's axis values filled in. */
  args: Record<string, string>;
  /** Where they are in the manifest, and what the manifest itself reads of them. */
  manifestArguments: ManifestArguments;
  /** Project name of the image that this one starts FROM, when that is one of the matrix. */
  parent?: string;
  /** Release types of the package that start FROM this one, on this release. */
  childTypes: readonly string[];
  /** What it starts FROM: the parent's local reference, else `baseImage`. */
  from: string;
  baseImage: string;
  /** At least one. A tag may still hold `{{ run.date }}` or `{{ run.sha }}`, never the first. */
  tags: string[];
  floatingTags: string[];
  /** Some tag, floating ones included, was made from the release version. */
  tagsUseVersion: boolean;
  /** Local reference: `<prefix><package>:<first tag>`. */
  reference: string;
  platforms: string[];
  labels: Record<string, string>;
  /** Repositories without tag, in the manifest's order: `docker.io/bentoml/model-server`. */
  repositories: string[];
  /** Whether the release type is pushed at all. */
  push: boolean;
  secrets: Secret[];
  /** IDs of the SSH agents that a build may mount. */
  ssh: string[];
  /** Relative to the build context. */
  templatesDir: string;
  /** Where the manifest names that folder; absent where it names none. */
  templatesDirAt?: Position;
  /** Nx project tags. */
  nxTags: string[];
  variables: TemplateVariables;
  /**
   * Paths of `variables` whose value was made from the release version: `version`, `tags`, `args.BENTOML_VERSION`; also
   * `floatingTags` and `labels.KEY`, which are no variables.
   */
  versioned: string[];
  /** Where the manifest asks for it; template problems of no better place point here. */
  position: Position;
}
