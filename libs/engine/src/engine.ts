import type { AttestationSettings } from '@nx-image-matrix/manifest';
import type { RunMemory } from './registry/run-memory.ts';
import type { RegistrySession } from './registry/registry-session.ts';

/** An image in an engine. */
export interface EngineImage {
  id: string;
  /** Digest of its manifest or index; absent if the engine has none for images that it built. */
  digest?: string;
  labels: Record<string, string>;
  /** Bytes. */
  size?: number;
  os?: string;
  architecture?: string;
}

/** An own parent image that a build must start from, as just checked. */
export interface Pin {
  reference: string;
  image: EngineImage;
}

/** An own parent image that is only in a registry. */
export interface RemoteParent {
  /** As the Dockerfile names it. */
  reference: string;
  /** `REPOSITORY@DIGEST` */
  source: string;
}

export interface BuildSecret {
  id: string;
  /** Environment variable with the value. */
  env?: string;
  /** Path of the file with the value. */
  src?: string;
}

/** Build cache in a registry, for machines that start without one. Not part of the build ID. */
export interface BuildCache {
  /** References to read layers from; missing ones are ignored. */
  from: string[];
  /** Reference to write the layers of this build to. */
  to?: string;
  /** References that the image will be pushed to, for engines that can keep the cache only in the image. */
  pushed: string[];
}

export interface BuildRequest {
  /** Absolute path of the build context. */
  context: string;
  /** Absolute path; its `Dockerfile.dockerignore` is next to it. */
  dockerfile: string;
  /** Full local references, at least one. */
  tags: string[];
  buildArgs: Record<string, string>;
  labels: Record<string, string>;
  /** Empty for the engine's own platform. */
  platforms: string[];
  pins: Pin[];
  /** Where the image goes, under its digest alone, in place of the engine; only with a {@link Builder}. */
  target?: BuildTarget;
  /** Own parents that the build takes from a registry. */
  remoteParents?: readonly RemoteParent[];
  /** Logins for their registries, in addition to the engine's own. */
  config?: RegistrySession;
  secrets: BuildSecret[];
  /** IDs of SSH agents that the build may mount; each is the agent of `SSH_AUTH_SOCK`. */
  ssh?: readonly string[];
  /** Pull newer base images from registries; never with own parents. */
  pull: boolean;
  noCache?: boolean;
  /** Give all files the time of the build argument `SOURCE_DATE_EPOCH`, if the engine can. */
  rewriteTimestamps?: boolean;
  /** What is attested of the image, beside it. An engine that cannot do so throws `no-attestations`. */
  attestations?: AttestationSettings;
  cache?: BuildCache;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal;
  /** Called for each line of output, as it arrives. */
  onLine: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
}

/** A repository that gets what is built. */
export interface BuildTarget {
  repository: string;
  /** Whether its registry is accessed over plain HTTP, though it is not a loopback one. */
  plainHttp: boolean;
}

/** A builder of buildx that builds elsewhere than in an engine. */
export interface Builder {
  name: string;
  /** `docker-container`, `remote`, `kubernetes`, `cloud` */
  driver: string;
  /** Whether there is an engine that can take what it builds. */
  loads: boolean;
}

export interface BuiltImage {
  /** From the engine, for the first tag; the digest, if it is in a repository. */
  id: string;
  digest?: string;
  /** Bytes. */
  size?: number;
  /** `linux/amd64` */
  platform?: string;
  /** Milliseconds. */
  duration: number;
}

export interface PushOptions {
  /** Logins to use; for a registry without one, the engine's own logins are used. */
  config?: RegistrySession;
  onLine: (line: string) => void;
  /** Called with messages for the user: another try, a check that was not possible. Default: `onLine`. */
  onNote?: (line: string) => void;
  signal?: AbortSignal;
  /** Milliseconds for all tries together. */
  timeout?: number;
  /** Most tries, including the first. */
  tries?: number;
  /** Milliseconds: the longest wait before the second try; it doubles with each. */
  wait?: number;
  /** Registries, `host:port`, that are accessed over plain HTTP, besides loopback registries. */
  insecure?: readonly string[];
  /** What the run knows about registries so far. */
  memory?: RunMemory;
}

export interface SaveOptions {
  signal?: AbortSignal;
  /** Milliseconds. */
  timeout?: number;
}

export interface PullOptions extends Pick<PushOptions, 'config' | 'onLine' | 'signal' | 'timeout' | 'insecure'> {}

export interface PushedImage {
  /** Digest of the manifest (or index) in the registry. */
  digest: string;
  /** Bytes of the manifest, if the engine reports it. */
  size?: number;
}

/** A container engine. Every method throws `EngineError`. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** The platform of a build that names none, such as `linux/amd64`; several if the environment says so. */
  readonly platforms: readonly string[];
  /** Set if it leaves the times of files as they are, whatever `rewriteTimestamps` says: what to do about it. */
  readonly keepsFileTimes?: string;
  /** The builder that is used, if it does not see the images of the engine. */
  readonly builder?: Builder;
  /** The existing images, by the requested reference; missing ones are not in the map. */
  images(references: string[]): Promise<Map<string, EngineImage>>;
  build(request: BuildRequest): Promise<BuiltImage>;
  /**
   * Builds the same image into an archive at this path, which `readArchive` reads, and leaves no image behind. The
   * tags name the image only where the engine needs a name meanwhile.
   */
  buildArchive(request: BuildRequest, path: string): Promise<void>;
  /** Adds a reference to an image, given by a reference or by its ID. */
  tag(source: string, target: string): Promise<void>;
  /** Pulls `REPOSITORY@DIGEST`, and gives it a reference. */
  pull(source: string, target: string, options: PullOptions): Promise<void>;
  /** Writes an image, given by a reference or its ID, to an archive as `docker save` does. */
  save(source: string, path: string, options: SaveOptions): Promise<void>;
  /** Pushes with retries, then checks that the registry has what was pushed. */
  push(reference: string, options: PushOptions): Promise<PushedImage>;
  /** Removes a reference, and the image if it has no other. Does nothing if it is missing. */
  remove(reference: string): Promise<void>;
}
