/** Logins for one run, kept away from those of the user. */
export interface RegistrySession {
  /** @throws EngineError `unauthorized` when the registry refuses, `registry-failed` when it cannot be asked */
  login(registry: string, user: string, password: string): Promise<void>;
  /** A `DOCKER_CONFIG` with these logins, and with the user's plugins and contexts. */
  readonly configDir: string;
  /** Removes everything. Closing twice is fine. */
  close(): Promise<void>;
}
