import type {
  AcceptedFinding,
  AttestationSettings,
  Distro,
  ReproducibleSettings,
  ScanSettings,
  Secret,
} from './image.ts';
import type { Entry, Node, Place } from './yaml/tree.ts';

/** A scalar as the manifest spells it, and its place. */
export interface Text extends Place {
  text: string;
}

/** How a registry is accessed: names of environment variables. */
export interface RegistryLogin {
  /** Must be set for the registry to be used. */
  onlyIf?: string;
  /** Has the user. */
  user?: string;
  /** Has the password. */
  password?: string;
}

/** How the images of a repository are signed. */
export interface Signing {
  /** The variable with the key; absent if an identity token takes its place (keyless). */
  key?: string;
  /** Whether each signature is written to a transparency log. */
  transparencyLog: boolean;
}

/** One entry of `repository`. */
export interface RepositoryEntry extends RegistryLogin {
  name: string;
  /** Absent if its images are not signed. */
  sign?: Signing;
  /** Package, or package and release type (`ros/desktop`) -> repository, without a tag. */
  registry: Record<string, string>;
  /** Packages that it names without a repository: they are not pushed here. */
  without?: ReadonlySet<string>;
}

/** The section `staging`: where built images are by build ID. */
export interface Staging extends RegistryLogin {
  /** With its registry and without a tag: `docker.io/acme/staging`. */
  repository: string;
  /** Days that an image stays there at least. */
  keep: number;
  /** Its key. */
  at: Place;
}

/** An entry of `retention`: which old tags of a release type may go. */
export interface Retention {
  /** How many of the tags of each image stay, the newest. */
  keep: number;
  /** With `*` and `?`; no other tag goes. */
  pattern: string;
}

export interface Argument {
  name: string;
  /** Its key. */
  at: Place;
  /** One, or all values of the axis. */
  values: Text[];
  /** A list or a map: one image for each value. */
  axis: boolean;
  /** For a map: the settings that come with each value. */
  byValue?: ReadonlyMap<string, ValueSettings>;
}

/** Settings of the images that have one value of an axis, or one CUDA version. */
export interface ValueSettings {
  /** By name; without a text it removes an inherited argument. */
  args: ReadonlyMap<string, { at: Place; text?: Text }>;
  platforms?: string[];
}

/** The key `scan` of one level. */
export interface ScanLayer extends Partial<Pick<ScanSettings, 'scanner' | 'failOn'>> {
  ignore: AcceptedFinding[];
}

/** The key `attestations` of one level; `null` switches off what weaker levels say. */
export type AttestationsLayer = {
  [key in keyof AttestationSettings]?: AttestationSettings[key] | null;
};

/** Settings that exist at several levels; `null` switches off those of weaker levels. */
export interface Layer {
  args?: Map<string, Argument | null> | null;
  baseImage?: Text | null;
  vars?: Map<string, Node> | null;
  labels?: Map<string, Text | null> | null;
  secrets?: Secret[];
  /** IDs of SSH agents. */
  ssh?: string[];
  platforms?: string[];
  scan?: ScanLayer | null;
  reproducible?: ReproducibleSettings | null;
  attestations?: AttestationsLayer | null;
  /** Paths of test files, as Liquid strings. */
  tests?: Text[] | null;
  /** Where the arguments were read; tags and names depend on it. */
  naming: Node[];
}

export interface CudaSetting {
  versions: string[];
  /** A list, whose versions are in tags. */
  axis: boolean;
}

export interface Release {
  distro: Distro;
  /** The key of its version. */
  key: Place;
  templatesDir?: Text;
  addToTags?: Text;
  multistage: boolean;
  header?: Text;
  envars: { name: string; value: string }[];
  cudaPrefix?: Text;
  cudaRequires?: Text;
  cuda?: CudaSetting;
  /** Weakest first. */
  layers: Layer[];
  /** Its keys in the manifest, including those of `release_spec`. */
  entries: Map<string, Entry>;
  /** The maps that its keys come from: its own, then `release_spec`. */
  specs: Node[];
}

export interface ReleaseType {
  name: string;
  /** Its key under `release_types`, if any. */
  key?: Place;
  /** The release type that it starts from. */
  from?: string;
  /** The package of that, if it is another one. */
  fromPackage?: string;
  /** Where the manifest names its parent. */
  fromAt?: Place;
  cuda: boolean;
  cudaAt?: Place;
  push: boolean;
  /** The name of its template; by default its own. */
  template?: Text;
  tags?: Text[];
  floatingTags: Text[];
  layer: Layer;
  node?: Node;
}

export interface Listing {
  releaseType: string;
  /** Its key under the package. */
  key: Place;
  distros: { entry: Text; releases: Release[] }[];
}

export interface Package {
  name: string;
  key: Place;
  listings: Listing[];
  /** From `package_spec`. */
  layer: Layer;
  /** From `package_spec`; instead of that of each release. */
  cuda?: OwnCuda;
}

/** The `cuda` of a package. */
interface OwnCuda {
  entry: Entry;
  /** Absent where it switches CUDA off. */
  setting?: CudaSetting;
}

/** An entry of `exclude`: it leaves out the images that meet all its conditions. A condition has one or more values. */
export interface Exclusion {
  /** Where the manifest has it. */
  at: Place;
  packages?: Set<string>;
  releaseTypes?: Set<string>;
  releases?: Set<Release>;
  cuda?: Set<string>;
  /** Argument -> values. */
  args: Map<string, Set<string>>;
}

/** A manifest that was read and normalised: references resolved, inheritance applied. */
export interface Manifest {
  file: string;
  version?: Text;
  repositories: RepositoryEntry[];
  staging?: Staging;
  /** By release type. */
  retention: ReadonlyMap<string, Retention>;
  /** CUDA version -> component -> package version. */
  cudaDependencies: Map<string, Map<string, string>>;
  /** The settings in entries of `cuda_dependencies` besides components. */
  cudaSettings: Map<string, { requires?: Text; platforms?: string[] }>;
  packages: Package[];
  releases: Release[];
  /** `base`, `runtime`, `cudnn`, `devel` and what the manifest adds. */
  releaseTypes: Map<string, ReleaseType>;
  /** Argument -> label of its axis. */
  axisLabels: Map<string, Text>;
  exclusions: Exclusion[];
  /** Where they were read; the set of images depends on it. */
  exclusionsNode?: Node;
}
