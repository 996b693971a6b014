import type { RegistryClient } from '@nx-image-matrix/engine';
import { describeError, shortId } from '../../format/describe.ts';
import type { Move } from './find-moves.ts';

export type Clients = (reference: string) => RegistryClient;

export interface Moved {
  success: boolean;
  /** Completed moves, in order. */
  moved: Move[];
  /** The error, and what happened to the tags that had been moved before it. */
  problems: string[];
}

/**
 * Moves all tags, or restores those that it has moved. New tags come last: not every registry can delete a tag, so they
 * are created only when nothing else can fail.
 */
export async function carryOut(moves: readonly Move[], clients: Clients, signal: AbortSignal): Promise<Moved> {
  const due = moves.filter(({ from, to }) => from?.digest !== to.digest);
  const ordered = [...due.filter(({ from }) => from), ...due.filter(({ from }) => !from)];
  const moved: Move[] = [];
  for (const move of ordered) {
    try {
      signal.throwIfAborted();
      await refuseChanged(move, clients);
      // A request that failed may still have moved the tag, so this one is restored with the others.
      moved.push(move);
      await clients(move.reference).put(move.reference, move.to);
    } catch (error) {
      const problem = signal.aborted ? 'the run was interrupted' : describeError(error, `failed ${move.reference}`);
      return { success: false, moved: [], problems: [problem, ...(await putBack(moved, clients))] };
    }
  }
  return { success: true, moved, problems: [] };
}

/** Somebody else may be moving the same tags; then neither plan is valid. */
async function refuseChanged({ reference, from }: Move, clients: Clients): Promise<void> {
  const now = await clients(reference).digest(reference);
  if (now !== from?.digest) {
    throw new Error(
      `somebody else has moved it to ${now ? shortId(now) : 'nothing'} meanwhile; run docker-promote again`,
    );
  }
}

async function putBack(moved: readonly Move[], clients: Clients): Promise<string[]> {
  const lines: string[] = [];
  for (const { reference, from, to } of moved.toReversed()) {
    try {
      const now = await clients(reference).digest(reference);
      if (now === from?.digest) continue;
      if (from) await clients(reference).put(reference, from);
      lines.push(
        from
          ? `put back ${reference} to ${shortId(from.digest)}`
          : `left ${reference} at ${shortId(to.digest)}: it is new, and a registry does not take a tag away`,
      );
    } catch (error) {
      lines.push(describeError(error, `could not put back ${reference} to ${from ? shortId(from.digest) : 'nothing'}`));
    }
  }
  return lines;
}
