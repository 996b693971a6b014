import type { EngineError } from '../errors.ts';

/** A user with a password (or access token), or the identity token that an earlier login left. */
export type Credentials = { user: string; password: string } | { identityToken: string };

/** What a run has learned about registries, so that nobody waits for the same silence again for each tag. */
export interface RunMemory {
  /** Registries that have not answered; with an error those that are not asked any more. */
  readonly silent: Map<string, EngineError | 'once'>;
  /** Logins that were looked up, by registry and configuration folder. */
  readonly logins: Map<string, Promise<Credentials | undefined>>;
}
