/** The data of the page, embedded in it. */
export interface PageData {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** ISO 8601. */
  madeAt: string;
  /** The engine that was queried, or why none was. */
  engine: string;
  /** Tags that the images were selected by; empty for all. */
  filter: string[];
  images: PageImage[];
}

export interface PageImage {
  project: string;
  root: string;
  package: string;
  releaseType: string;
  distro: string;
  distroVersion: string;
  cuda: string | null;
  from: string;
  baseImage: string;
  reference: string;
  tags: string[];
  floatingTags: string[];
  repositories: string[];
  platforms: string[];
  args: Record<string, string>;
  nxTags: string[];
  files: string[];
  upToDate: boolean;
  buildId: string | null;
  built: string;
  /** `none wanted` without a staging repository. */
  staged: string;
  /** Files with its tests. */
  tests?: string[];
  /** `none wanted` without tests. */
  tested: string;
  /** `none wanted` if it is not scanned. */
  scanned: string;
  pushed: string;
  lastBuild: PageBuild | null;
  lastScan: PageScan | null;
  /** Why it differs from the base that was given, in words; empty if it does not. */
  differsBy?: string[];
}

export interface PageScan {
  /** ISO 8601. */
  scannedAt: string;
  /** The scanner and its version. */
  tool: string;
  /** Findings that reach the threshold of the manifest. */
  failing: number;
  /** Findings that count, by severity. */
  counts: Record<string, number>;
  accepted: number;
}

export interface PageBuild {
  imageId: string;
  buildId: string;
  /** Bytes. */
  size: number | null;
  /** Milliseconds. */
  duration: number;
  platform: string | null;
  engine: string;
  reason: string;
  /** ISO 8601. */
  builtAt: string;
  /** Reference -> digest. */
  pushed: Record<string, string>;
}
