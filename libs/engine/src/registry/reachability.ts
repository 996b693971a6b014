import { EngineError } from '../errors.ts';
import type { RunMemory } from './run-memory.ts';

export function runMemory(): RunMemory {
  return { silent: new Map(), logins: new Map(), blobs: new Map() };
}

/** Milliseconds for a registry that has failed to answer before. */
export const doubtful = 5_000;

/** The error of a registry that was given up, or nothing. */
export function givenUp(registry: string, { silent }: RunMemory): EngineError | undefined {
  const known = silent.get(registry);
  if (known === undefined || known === 'once') return undefined;
  const { code, message, hint } = known;
  return new EngineError(code, `${message}; it is not asked again in this run`, { hint });
}

/** A registry that did not answer several tries, or one try twice, is not tried again. */
export function remember(registry: string, error: EngineError, tries: number, { silent }: RunMemory): void {
  if (silent.get(registry) instanceof EngineError) return;
  silent.set(registry, tries > 1 || silent.has(registry) ? error : 'once');
}
