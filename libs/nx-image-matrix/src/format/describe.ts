import { EngineError } from '@nx-image-matrix/engine';

/** The first twelve digits of a digest, as docker shortens IDs. */
export function shortId(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** What went wrong, what to do, and the engine's own words below. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof EngineError)) return error.message;
  const hint = error.hint ? `\n  ${error.hint}` : '';
  const output = error.output ? `\n${indent(error.output)}` : '';
  return `${error.message}${hint}${output}`;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  | ');
}
