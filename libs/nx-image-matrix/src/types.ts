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
