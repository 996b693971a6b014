import { CodedError, formatError } from '@nx-image-matrix/diagnostics';

/** The first twelve digits of a digest, as docker shortens IDs. */
export function shortId(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/**
 * What went wrong; where it has a code, as diagnostics are shown, with what to do and the last words of what failed.
 * @param place a project or a reference, for what does not say its own place
 */
export function describeError(error: unknown, place?: string): string {
  if (error instanceof CodedError) return formatError(error, error.place ?? place);
  const message = error instanceof Error ? error.message : String(error);
  return place === undefined ? message : `${place}: ${message}`;
}
