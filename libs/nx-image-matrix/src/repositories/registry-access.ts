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
   * @throws EngineError if the registry rejects the login
   */
  sessionOf(target: ActiveRepository, options?: { ownLogins?: boolean }): Promise<RegistrySession | undefined>;
  /**
   * A private `DOCKER_CONFIG` for a program that is not an engine: with the login that counts for the repository, its own
   * or the engine's, if there is one. Needs no engine.
   */
  configOf(target: ActiveRepository): Promise<string>;
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
  const kept = new Map<string, Promise<RegistrySession>>();

  async function logIn(key: string, registry: string, login: Login, ownLogins: boolean): Promise<void> {
    const opened = openRegistrySession(process.env, { insecure, ownLogins });
    sessions.set(key, opened);
    await (await opened).login(registry, login.user, login.password);
  }

  async function keepLogin(key: string, registry: string, own: Login | undefined): Promise<RegistrySession> {
    const opened = openRegistrySession(process.env, { insecure });
    sessions.set(key, opened);
    const login = own ?? (await findCredentials(registry, process.env, memory));
    const session = await opened;
    if (login) await session.keep(registry, login);
    return session;
  }

  function optionsOf({ login }: ActiveRepository): ClientOptions {
    const credentials = async (registry: string) => login ?? findCredentials(registry, process.env, memory);
    return { credentials, insecure, signal, memory };
  }

  return {
    memory,
    optionsOf,
    clientOf: (target, options = {}) => registryClient({ ...optionsOf(target), ...options }),
    async sessionOf({ repository, login }, { ownLogins = false } = {}) {
      if (!login) return undefined;
      const registry = registryOf(repository);
      const key = JSON.stringify([registry, login.user, login.password, ownLogins]);
      const done = loggedIn.get(key) ?? logIn(key, registry, login, ownLogins);
      loggedIn.set(key, done);
      await done;
      return sessions.get(key);
    },
    async configOf({ repository, login }) {
      const registry = registryOf(repository);
      const key = JSON.stringify(['kept', registry, login?.user, login?.password]);
      const session = kept.get(key) ?? keepLogin(key, registry, login);
      kept.set(key, session);
      return (await session).configDir;
    },
    async close() {
      await Promise.allSettled([...sessions.values()].map(async (session) => (await session).close()));
    },
  };
}
