import type { Data } from './yaml/data.ts';
import type { Position } from '@nx-image-matrix/diagnostics';

export interface Distro {
  /** `debian` */
  name: string;
  /** `10`, as the manifest spells it */
  version: string;
  /** `debian10` */
  id: string;
}

/** The position of an image on one axis: a value of a list of build arguments, or a CUDA version of a list. */
export interface AxisValue {
  /** `python`, `cuda` */
  axis: string;
  /** `3.12` */
  value: string;
  /** `python3.12`, as in names and tags */
  label: string;
  /** The build argument of this value; absent for CUDA. */
  arg?: string;
}

export interface Secret {
  id: string;
  env?: string;
  src?: string;
}

/** Programs that scan images for vulnerabilities. */
export const scannerNames = ['trivy', 'grype', 'scout'] as const;

export type ScannerName = (typeof scannerNames)[number];

/** The severities that a threshold names, most severe first. */
export const thresholds = ['critical', 'high', 'medium', 'low', 'none'] as const;

export type Threshold = (typeof thresholds)[number];

/** A vulnerability that does not fail a scan. */
export interface AcceptedFinding {
  id: string;
  /** The last day on which it is accepted, `2027-01-31`, in UTC; without it, always. */
  until?: string;
  reason?: string;
}

/** How an image is built to be the same each time. */
export interface ReproducibleSettings {
  /** `SOURCE_DATE_EPOCH`, in seconds. */
  epoch: number;
}

/** How much provenance says; `max` also has the build arguments and the steps. */
type ProvenanceMode = 'min' | 'max';

/** What BuildKit attests of an image: https://docs.docker.com/build/metadata/attestations/ */
export interface AttestationSettings {
  /** How it was built. */
  provenance?: ProvenanceMode;
  /** The packages in it. */
  sbom?: {
    /** Reference of the image that finds them; absent for BuildKit's own. */
    generator?: string;
  };
}

/** How an image is scanned for vulnerabilities. */
export interface ScanSettings {
  scanner: 'auto' | ScannerName;
  /** The lowest severity that fails the scan. */
  failOn: Threshold;
  ignore: AcceptedFinding[];
}

/** A file with tests of an image. */
export interface TestFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  /** Where the manifest names it. */
  at: Position;
}

/** The variables of templates and tags; `null` where a variable has no value. */
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
  /** Absent if the manifest has none for the image; templates see an empty map then. */
  vars?: Vars;
}

/** Values that the manifest has for templates only. */
export type Vars = Readonly<Record<string, Data>>;

export interface CudaVariables {
  version: { full: string; major: string; minor: string; patch: string; short: string };
  components: Record<string, string>;
  cudnn: { version: string; major: string; package: string } | null;
  requires: string | null;
  prefix: string;
  repository_url: string;
  ml_repository_url: string;
  /** By the architecture in BuildKit's TARGETARCH. Not enumerable, as `ml_repository_urls`. */
  repository_urls: Record<string, string>;
  ml_repository_urls: Record<string, string>;
  repository_base: string;
  ml_repository_base: string;
}

/** What the manifest says about arguments; shared by the images of one package, release and release type. */
export interface ManifestArguments {
  /** By name; `with` is the axis whose values bring it. */
  declared: ReadonlyMap<string, { at: { file?: string; line: number; column: number }; axis: boolean; with?: string }>;
  /** Names of those that a label or `base_image` reads. */
  read: ReadonlySet<string>;
  /** Names of those that a tag reads, floating tags included. */
  readByTags: ReadonlySet<string>;
}

/** One image of a matrix: everything known before its template is rendered. */
export interface Image {
  /** Nx project name, unique in the workspace. */
  name: string;
  /** Project root relative to the build context (the manifest's folder), with `/`. */
  dir: string;
  package: string;
  releaseType: string;
  distro: Distro;
  /** CUDA version, `11.3.1`; absent without CUDA. */
  cuda?: string;
  /**
   * The CUDA version (if it is an axis) and the argument values that tell this image from its siblings, in naming
   * order.
   */
  axes: AxisValue[];
  /** Build arguments with Liquid rendered and this image's axis values. */
  args: Record<string, string>;
  /** Where they are in the manifest, and which of them the manifest itself reads. */
  manifestArguments: ManifestArguments;
  /** Project name of the parent, if it is an image of the matrix. */
  parent?: string;
  /** Release types of the package that start `FROM` this one, on this release. */
  childTypes: readonly string[];
  /** Reference that it starts `FROM`: the parent's local reference, else `baseImage`. */
  from: string;
  /** With the digest of `images.lock`, if that has one. */
  baseImage: string;
  /** At least one. Tags other than the first may contain `{{ run.date }}`, `{{ run.sha }}` and other values of a run. */
  tags: string[];
  floatingTags: string[];
  /** Whether a tag, floating tags included, uses the release version. */
  tagsUseVersion: boolean;
  /** Local reference: `<prefix><package>:<first tag>`. */
  reference: string;
  platforms: string[];
  /** Files with tests of the image. */
  tests: TestFile[];
  labels: Record<string, string>;
  /** Repositories without a tag, in the manifest's order: `docker.io/bentoml/model-server`. */
  repositories: string[];
  /** Whether the release type is pushed. */
  push: boolean;
  secrets: Secret[];
  /** IDs of the SSH agents that a build may mount. */
  ssh: string[];
  /** Absent if the image is not scanned. */
  scan?: ScanSettings;
  /** Absent if the image is built with the times of the build. */
  reproducible?: ReproducibleSettings;
  /** Absent if nothing is attested of the image. */
  attestations?: AttestationSettings;
  /** Relative to the build context. */
  templatesDir: string;
  /** The name of its template in that folder: `runtime` for `runtime.Dockerfile.liquid` or `runtime/Dockerfile.liquid`. */
  template: string;
  /** Where the manifest names that folder, if it does. */
  templatesDirAt?: Position;
  /** Nx project tags. */
  nxTags: string[];
  variables: TemplateVariables;
  /**
   * Paths of `variables` that use the release version: `version`, `tags`, `args.BENTOML_VERSION`; also `floatingTags`
   * and `labels.KEY`, which are not variables.
   */
  versioned: string[];
  /** Where the manifest declares it; template errors without a better place point here. */
  position: Position;
}
