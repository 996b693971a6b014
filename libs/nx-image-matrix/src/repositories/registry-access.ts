import {
  findCredentials,
  openRegistrySession,
  registryClient,
  runMemory,
  type ClientOptions,
  type RegistryClient,
  type RegistrySession,
  type RunMemory,
} from '@nx-image-matrix/engine';
import { registryOf } from '@nx-image-matrix/manifest/reference';
import type { ActiveRepository } from './repositories.ts';

export interface RegistrySettings {
  /** Registries that use plain HTTP. */
  insecure: readonly string[];
  signal: AbortSignal;
}

interface SessionOptions {
  ownLogins?: boolean;
  kept?: boolean;
}

type Login = NonNullable<ActiveRepository['login']>;

/** The registries of one run, each repository with the account of its entry in the manifest. */
export interface RegistryAccess {
  /** The settings of a client for a repository. */
  optionsOf(target: ActiveRepository): ClientOptions;
  /** A client that uses the repository's account, or the logins of the engine if it has none. */
  clientOf(target: ActiveRepository, options?: Pick<ClientOptions, 'policy' | 'onNote'>): RegistryClient;
  /**
   * The session of the repository's account, logged in once per run; `undefined` if the engine's own logins are used.
   * @param options.ownLogins whether the session has the engine's own logins for other registries as well.
   * @param options.kept whether the login is only kept for another program, which needs no engine.
   * @throws EngineError if the registry rejects the login
   */
  sessionOf(target: ActiveRepository, options?: SessionOptions): Promise<RegistrySession | undefined>;
  /** What the run knows about registries so far. */
  readonly memory: RunMemory;
  /** Removes all logins. */
  close(): Promise<void>;
}

/**
 * Docker keeps one login per registry in a configuration folder, so each account has its own folder: two accounts on
 * one registry must not replace each other.
 */
export function registryAccess({ insecure, signal }: RegistrySettings): RegistryAccess {
  const memory = runMemory();
  const sessions = new Map<string, Promise<RegistrySession>>();
  const loggedIn = new Map<string, Promise<void>>();

  async function logIn(key: string, registry: string, login: Login, options: SessionOptions): Promise<void> {
    const opened = openRegistrySession(process.env, { insecure, ownLogins: options.ownLogins });
    sessions.set(key, opened);
    const session = await opened;
    if (options.kept) await session.keep(registry, login.user, login.password);
    else await session.login(registry, login.user, login.password);
  }

  function optionsOf({ login }: ActiveRepository): ClientOptions {
    const credentials = async (registry: string) => login ?? findCredentials(registry, process.env, memory);
    return { credentials, insecure, signal, memory };
  }

  return {
    memory,
    optionsOf,
    clientOf: (target, options = {}) => registryClient({ ...optionsOf(target), ...options }),
    async sessionOf({ repository, login }, { ownLogins = false, kept = false } = {}) {
      if (!login) return undefined;
      const registry = registryOf(repository);
      const key = JSON.stringify([registry, login.user, login.password, ownLogins, kept]);
      const done = loggedIn.get(key) ?? logIn(key, registry, login, { ownLogins, kept });
      loggedIn.set(key, done);
      await done;
      return sessions.get(key);
    },
    async close() {
      await Promise.allSettled([...sessions.values()].map(async (session) => (await session).close()));
    },
  };
}
