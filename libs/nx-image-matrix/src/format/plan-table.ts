import { shortId } from './describe.ts';
import { formatTable } from '@nx-image-matrix/format';

/** A reference in a registry, and what a run would do with it. */
export interface PlannedReference {
  /** `docker.io/acme/app:latest` */
  reference: string;
  /** Its current digest in the registry; absent if there is none, or it was not read. */
  from?: string;
  /** Its digest after the run; absent if that is not known yet, or nothing is to be done. */
  to?: string;
  /** `push`, `move`, or `skipped: ` and `failed: ` with the reason. */
  action: string;
}

/** The output of a dry run: one line per reference, in the given order. */
export function planTable(references: readonly PlannedReference[]): string {
  const rows = references.map(({ reference, from, to, action }) => [reference, digest(from), digest(to), action]);
  return formatTable(['REFERENCE', 'FROM', 'TO', 'ACTION'], rows);
}

function digest(value: string | undefined): string {
  return value === undefined ? '-' : shortId(value);
}
