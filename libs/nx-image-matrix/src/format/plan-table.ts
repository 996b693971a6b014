import { shortId } from './describe.ts';
import { formatTable } from '@nx-image-matrix/format';

/** A reference in a registry, and what a run would do with it. */
export interface PlannedReference {
  /** `docker.io/acme/app:latest` */
  reference: string;
  /** Digest that the registry has under it now; absent where it has none, or was not asked. */
  from?: string;
  /** Digest that it would have afterwards; absent where that cannot be known yet, or nothing is to be done. */
  to?: string;
  /** `push`, `move`, or `skipped: ` and `failed: ` with the reason. */
  action: string;
}

/** What a dry run prints: one line for each reference, in the given order. */
export function planTable(references: readonly PlannedReference[]): string {
  const rows = references.map(({ reference, from, to, action }) => [reference, digest(from), digest(to), action]);
  return formatTable(['REFERENCE', 'FROM', 'TO', 'ACTION'], rows);
}

function digest(value: string | undefined): string {
  return value === undefined ? '-' : shortId(value);
}
