import type { Engine } from './engine.ts';

/** What an engine can do; `docs/engines.md` shows it, and a test holds the two together. */
interface EngineCapabilities {
  /** Needs a daemon that runs. */
  daemon: boolean;
  /** Several platforms in one image; `image-store` where that is up to how the engine keeps its images. */
  severalPlatforms: boolean | 'image-store';
  /** Builds for `DOCKER_DEFAULT_PLATFORM` where no platform is named. */
  defaultPlatform: boolean;
  /** `RUN --mount=type=secret` */
  secrets: boolean;
  /** `RUN --mount=type=ssh` */
  ssh: boolean;
  /** How a build starts from the very parent that was checked: it is given its ID, or the tag is checked before and after. */
  parents: 'given' | 'checked';
  /** Takes layers from a registry, and leaves them there. */
  registryCache: boolean;
  /** Knows the digest that a push will have; `image-store` as above. */
  digestBeforePush: boolean | 'image-store';
  /** Works with an engine on another machine, or in a virtual one. */
  remote: boolean;
}

/** How an engine logs in to registries. */
export interface EngineLogin {
  /** The file of the logins of a run, in a folder that `DOCKER_CONFIG` names. */
  file: string;
  /** The file of the user's own logins; undefined where the environment names none. */
  userFile(environment: NodeJS.ProcessEnv): string | undefined;
  /** Whether it asks the credential helpers that these files name. */
  helpers: boolean;
  /** Arguments that log in to a registry, with the password on stdin. */
  command(login: LoginRequest): string[];
}

interface LoginRequest {
  registry: string;
  user: string;
  /** The registry speaks plain HTTP. */
  plainHttp: boolean;
  /** Path of {@link EngineLogin.file}. */
  file: string;
}

/** A container engine, before anybody has asked whether it works here. */
export interface EngineDefinition<Name extends string = string> {
  /** As the plugin option `engine` says it. */
  readonly name: Name;
  /** The command that is started. */
  readonly program: string;
  /** What to install: `docker with buildx`. */
  readonly product: string;
  readonly capabilities: EngineCapabilities;
  readonly login: EngineLogin;
  /**
   * Asks the engine whether it works here. What it needs is imported no sooner: the project graph knows the names of
   * engines, and loads nothing that starts one.
   *
   * @throws EngineError
   */
  open(environment: NodeJS.ProcessEnv): Promise<Engine>;
}
