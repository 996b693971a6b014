import type { EngineError } from '../errors.ts';

/** A user with a password (or access token), or the identity token of an earlier login. */
export type Credentials = { user: string; password: string } | { identityToken: string };

/** What a run knows about registries, to avoid the same timeout for each tag. */
export interface RunMemory {
  /** Registries that have not answered; those with an error are not tried again. */
  readonly silent: Map<string, EngineError | 'once'>;
  /** Logins that were looked up, by registry and configuration folder. */
  readonly logins: Map<string, Promise<Credentials | undefined>>;
  /** Blobs that are being copied, or were, as `registry/repository@digest`. */
  readonly blobs: Map<string, Promise<void>>;
}
