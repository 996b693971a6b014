import type { Entry } from './model.ts';

/** The input of a view. */
export interface Shown {
  /** All images. */
  all: readonly Entry[];
  /** Images that match the search. */
  found: readonly Entry[];
  /** Whether the search hides any. */
  filtered: boolean;
  open: (entry: Entry) => void;
}

/** Sorts numbers as numbers: `debian 9` before `debian 12`. */
export const { compare } = new Intl.Collator('en', { numeric: true });
