/** Which repository of a copy an error is about. */
export type SideName = 'source' | 'target';

const sides = new WeakMap<object, SideName>();

/** Runs a request to one of the two repositories, and notes for its error which one it was. */
export async function onSide<T>(side: SideName, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw markSide(side, error);
  }
}

/** The innermost request of an error counts: what is read from one is sent to the other meanwhile. */
export function markSide<E>(side: SideName, error: E): E {
  if (typeof error === 'object' && error !== null && !sides.has(error)) sides.set(error, side);
  return error;
}

/** Whether a copy has failed because of the repository that it reads, so that the image may be had elsewhere. */
export function isSourceFailure(error: unknown): boolean {
  return typeof error === 'object' && error !== null && sides.get(error) === 'source';
}
