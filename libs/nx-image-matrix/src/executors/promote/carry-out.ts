import type { RegistryClient } from '@nx-image-matrix/engine';
import { describeError, shortId } from '../../format/describe.ts';
import type { Move } from './find-moves.ts';

export type Clients = (reference: string) => RegistryClient;

export interface Moved {
  success: boolean;
  /** Done, in the order of doing. */
  moved: Move[];
  /** What went wrong, and what became of the tags that had been moved until then. */
  problems: string[];
}

/**
 * Moves all tags, or puts back what it has moved. Tags that are new come last: a registry has no way to take one away
 * that every registry knows, so they are made when nothing else can fail any more.
 */
export async function carryOut(moves: readonly Move[], clients: Clients, signal: AbortSignal): Promise<Moved> {
  const due = moves.filter(({ from, to }) => from?.digest !== to.digest);
  const ordered = [...due.filter(({ from }) => from), ...due.filter(({ from }) => !from)];
  const moved: Move[] = [];
  for (const move of ordered) {
    try {
      signal.throwIfAborted();
      await refuseChanged(move, clients);
      // Even a failed answer may come of a tag that was moved, so this one is put back with the others.
      moved.push(move);
      await clients(move.reference).put(move.reference, move.to);
    } catch (error) {
      const problem = signal.aborted ? 'the run was interrupted' : describeError(error, `failed ${move.reference}`);
      return { success: false, moved: [], problems: [problem, ...(await putBack(moved, clients))] };
    }
  }
  return { success: true, moved, problems: [] };
}

/** Somebody else may move the same tags, and then neither plan is right. */
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
