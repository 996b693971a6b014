import type { Credentials } from './run-memory.ts';

/** Logins for one run, separate from those of the user. */
export interface RegistrySession {
  /** @throws EngineError `unauthorized` if the registry rejects the login, `registry-failed` if it cannot be reached */
  login(registry: string, user: string, password: string): Promise<void>;
  /** Keeps a login for another program without asking the registry, so that no engine is needed. */
  keep(registry: string, login: Credentials): Promise<void>;
  /** A `DOCKER_CONFIG` with these logins, and with the user's plugins and contexts. */
  readonly configDir: string;
  /** Removes everything. May be called twice. */
  close(): Promise<void>;
}
