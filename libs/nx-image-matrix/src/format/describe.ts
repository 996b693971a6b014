import { EngineError } from '@nx-image-matrix/engine';

/** `1.2 s`, `3 min 5 s`, from milliseconds. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `84.3 MB`, from bytes; decimal units, as docker prints sizes. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(2) : value < 100 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

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
