import { CodedError, formatError } from '@nx-image-matrix/diagnostics';

/** The first twelve digits of a digest, as docker shortens IDs. */
export function shortId(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/**
 * Formats an error; one with a code in the format of diagnostics, with a hint and the last output of the failed
 * command.
 * @param place a project or a reference, for errors without a place
 */
export function describeError(error: unknown, place?: string): string {
  if (error instanceof CodedError) return formatError(error, error.place ?? place);
  const message = error instanceof Error ? error.message : String(error);
  return place === undefined ? message : `${place}: ${message}`;
}
