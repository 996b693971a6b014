import type { Engine } from './engine.ts';

/** The features of an engine; `docs/engines.md` lists them, and a test compares the two. */
interface EngineCapabilities {
  /** Needs a running daemon. */
  daemon: boolean;
  /** Several platforms in one image; `image-store` if it depends on how the engine stores images. */
  severalPlatforms: boolean | 'image-store';
  /** Builds for `DOCKER_DEFAULT_PLATFORM` if no platform is given. */
  defaultPlatform: boolean;
  /** `RUN --mount=type=secret` */
  secrets: boolean;
  /** `RUN --mount=type=ssh` */
  ssh: boolean;
  /** How a build is pinned to the parent that was checked: by ID, or by checking the tag before and after. */
  parents: 'given' | 'checked';
  /** Reads and writes the build cache of a registry. */
  registryCache: boolean;
  /** Knows the digest before a push; `image-store` as above. */
  digestBeforePush: boolean | 'image-store';
  /** Keeps BuildKit's attestations with an image; `image-store` as above. */
  attestations: boolean | 'image-store';
  /** Works with an engine on another machine, or in a virtual machine. */
  remote: boolean;
}

/** How an engine logs in to registries. */
export interface EngineLogin {
  /** The file with the logins of a run, in the folder of `DOCKER_CONFIG`. */
  file: string;
  /** The file with the user's logins; `undefined` if the environment names none. */
  userFile(environment: NodeJS.ProcessEnv): string | undefined;
  /** Whether it uses the credential helpers named in these files. */
  helpers: boolean;
  /** Arguments of a login, with the password on stdin. */
  command(login: LoginRequest): string[];
}

interface LoginRequest {
  registry: string;
  user: string;
  /** The registry uses plain HTTP. */
  plainHttp: boolean;
  /** Path of {@link EngineLogin.file}. */
  file: string;
}

/** A container engine, before it is known whether it works here. */
export interface EngineDefinition<Name extends string = string> {
  /** Name in the plugin option `engine`. */
  readonly name: Name;
  /** Command to start. */
  readonly program: string;
  /** What to install: `docker with buildx`. */
  readonly product: string;
  readonly capabilities: EngineCapabilities;
  readonly login: EngineLogin;
  /**
   * Checks whether the engine works here. Imports its code only now: the project graph knows the names of engines, and
   * loads no code that starts one.
   *
   * @throws EngineError
   */
  open(environment: NodeJS.ProcessEnv): Promise<Engine>;
}
