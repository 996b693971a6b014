import type { AttestationSettings, ReproducibleSettings, ScanSettings } from '@nx-image-matrix/manifest';

/** The content of `image.json`: the resolved image, as `schemas/image.schema.json` defines it. */
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
  /** May contain values of a run, such as `{{ run.date }}` and `{{ run.sha }}`, which `docker-push` fills in. */
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
  /** How the image is scanned for vulnerabilities; absent if it is not. */
  scan?: ScanSettings;
  /** The time of the image, if it is built to be the same each time; the argument `SOURCE_DATE_EPOCH` has it too. */
  reproducible?: ReproducibleSettings;
  /** What is attested of the image; absent if nothing. Not part of the build ID. */
  attestations?: AttestationSettings;
  /** Files with tests of the image, relative to the workspace; absent when there are none. */
  tests?: string[];
  /** Tags or files use a release version, but none is set: such an image cannot be pushed. */
  unversioned?: true;
  /** Workspace-relative path of the manifest of the image. */
  manifest: string;
  /** Workspace-relative folder of the image. */
  folder: string;
  /** Files that were generated for the image, relative to its folder, sorted. */
  files: string[];
}

/** The content of `metadata.image` of an image project. */
export interface ImageMetadata extends ImageDocument {
  /** Whether the files on disk match the manifest and the templates. */
  upToDate: boolean;
}
