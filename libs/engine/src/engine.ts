import type { RunMemory } from './registry/run-memory.ts';
import type { RegistrySession } from './registry/registry-session.ts';

/** An image as the engine has it. */
export interface EngineImage {
  id: string;
  /** Digest of its manifest or index; absent where the engine keeps none for images that it built. */
  digest?: string;
  labels: Record<string, string>;
  /** Bytes. */
  size?: number;
  os?: string;
  architecture?: string;
}

/** A parent image of our own that a build must start from, as it was found just before. */
export interface Pin {
  reference: string;
  image: EngineImage;
}

export interface BuildSecret {
  id: string;
  /** Name of the environment variable that holds it. */
  env?: string;
  /** Path of the file that holds it. */
  src?: string;
}

/** Layers of former builds that a registry keeps, for machines that start with none. It has no part in the build ID. */
export interface BuildCache {
  /** References to look for layers at; one that does not exist does no harm. */
  from: string[];
  /** Reference that the layers of this build go to. */
  to?: string;
  /** References that the image itself will be pushed to, for engines that can only keep the cache in the image. */
  pushed: string[];
}

export interface BuildRequest {
  /** Absolute path of the build context. */
  context: string;
  /** Absolute path; its `Dockerfile.dockerignore` stands beside it. */
  dockerfile: string;
  /** Full local references, at least one. */
  tags: string[];
  buildArgs: Record<string, string>;
  labels: Record<string, string>;
  /** Empty for the engine's own platform. */
  platforms: string[];
  pins: Pin[];
  secrets: BuildSecret[];
  /** IDs of SSH agents that the build may mount; each is the agent of `SSH_AUTH_SOCK`. */
  ssh?: readonly string[];
  /** Asks registries for newer base images; never where a parent is one of our own. */
  pull: boolean;
  noCache?: boolean;
  cache?: BuildCache;
  /** Milliseconds. */
  timeout: number;
  signal?: AbortSignal;
  /** Live output, one line at a time. */
  onLine: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
}

export interface BuiltImage {
  /** As the engine gives it for the first tag. */
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
  /** Logins to use; without one, or for a registry it has no login for, the engine's own logins count. */
  config?: RegistrySession;
  onLine: (line: string) => void;
  /** Is told what a user should know: another try, a check that was not possible. Default: `onLine`. */
  onNote?: (line: string) => void;
  signal?: AbortSignal;
  /** Milliseconds for all tries together. */
  timeout?: number;
  /** How often at most, the first time included. */
  tries?: number;
  /** Milliseconds: the longest wait before the second try; it doubles with each. */
  wait?: number;
  /** Registries, `host:port`, that speak plain HTTP, besides those of this machine. */
  insecure?: readonly string[];
  /** What the run has learned about registries so far. */
  memory?: RunMemory;
}

export interface PushedImage {
  /** Digest of the manifest (or index) as the registry has it. */
  digest: string;
  /** Bytes of the manifest, where the engine says it. */
  size?: number;
}

/** A container engine. Every method throws `EngineError`. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** What a build that names no platform is for, such as `linux/amd64`; several where the environment says so. */
  readonly platforms: readonly string[];
  /** The images that exist, by the reference that was asked for; absent ones are missing from the map. */
  images(references: string[]): Promise<Map<string, EngineImage>>;
  build(request: BuildRequest): Promise<BuiltImage>;
  /** Gives an image, named by a reference or by its ID, another reference. */
  tag(source: string, target: string): Promise<void>;
  /** Pushes with retries, and checks afterwards that the registry has what was pushed. */
  push(reference: string, options: PushOptions): Promise<PushedImage>;
  /** Takes the reference away; an image without any other reference goes with it. Absent is fine. */
  remove(reference: string): Promise<void>;
}
