import type { Entry } from './model.ts';

/** What a view gets to show. */
export interface Shown {
  /** All images. */
  all: readonly Entry[];
  /** Those that the search leaves. */
  found: readonly Entry[];
  /** Whether the search leaves any out. */
  filtered: boolean;
  open: (entry: Entry) => void;
}

/** Numbers in the order of numbers: `debian 9` before `debian 12`. */
export const { compare } = new Intl.Collator('en', { numeric: true });
