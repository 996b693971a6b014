import type { CurrentDigest } from '@nx-image-matrix/engine';
import { editBaseLock, formatBaseLock, readBaseLock } from '@nx-image-matrix/manifest';
import type { Base } from './bases.ts';

/** What a refresh finds of one reference. */
export type FoundBase = Base & { from?: string } & (
    | { state: 'moved' | 'new' | 'same'; to: string }
    /** The registry has no such tag. */
    | { state: 'gone' }
    | { state: 'failed'; error: Error & { hint?: string } }
  );

/** The result of a refresh, before anything is written. */
export interface RefreshPlan {
  found: FoundBase[];
  /** Lines of the lock that no image needs. */
  unused: { reference: string; from: string }[];
  /** The new text of the lock; the old one if nothing changes. */
  text: string | undefined;
}

interface Refreshed {
  bases: readonly Base[];
  digests: ReadonlyMap<string, CurrentDigest>;
  /** Whether a reference is one of those to refresh. */
  isSelected: (reference: string) => boolean;
  /** Whether that is each of them. */
  all: boolean;
}

/** What changes in the text of a lock, given what registries have now. */
export function planRefresh(text: string | undefined, { bases, digests, isSelected, all }: Refreshed): RefreshPlan {
  const { lock } = readBaseLock(text ?? '', '');
  const selected = bases.filter(({ reference }) => isSelected(reference));
  const found = selected.map((base) => compare(base, lock.get(base.reference)?.digest, digests.get(base.reference)));
  const needed = new Set(bases.map(({ reference }) => reference));
  const unused = [...lock].flatMap(([reference, { digest }]) =>
    !needed.has(reference) && isSelected(reference) ? [{ reference, from: digest }] : [],
  );
  const changes = new Map<string, string | undefined>(unused.map(({ reference }) => [reference, undefined]));
  for (const base of found) if ('to' in base && base.state !== 'same') changes.set(base.reference, base.to);
  if (!all)
    return {
      found,
      unused,
      text: changes.size === 0 ? text : editBaseLock(text ?? formatBaseLock(new Map()), changes),
    };
  const digestsNow = new Map([...lock].map(([reference, { digest }]) => [reference, digest]));
  for (const [reference, digest] of changes) {
    if (digest === undefined) digestsNow.delete(reference);
    else digestsNow.set(reference, digest);
  }
  const isPointless = text === undefined && digestsNow.size === 0;
  return { found, unused, text: isPointless ? undefined : formatBaseLock(digestsNow) };
}

function compare(base: Base, from: string | undefined, answer: CurrentDigest | undefined): FoundBase {
  const known = { ...base, ...(from !== undefined && { from }) };
  if (!answer || 'missing' in answer) return { ...known, state: 'gone' };
  if ('error' in answer) return { ...known, state: 'failed', error: answer.error };
  const to = answer.digest;
  if (from === undefined) return { ...known, state: 'new', to };
  return { ...known, state: from === to ? 'same' : 'moved', to };
}
