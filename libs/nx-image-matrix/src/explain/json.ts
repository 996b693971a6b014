import type { Cause } from './cause.ts';
import { mayShow } from './describe.ts';
import type { Explanation } from './explain.ts';

/** The text of `docker-explain --json`. */
export function explanationJson({ base, images }: Explanation): string {
  const shown = images.map(({ name, manifest, change, causes }) => ({
    name,
    manifest,
    change,
    causes: causes.map(shownCause),
  }));
  return JSON.stringify({ base: base.commit, revision: base.revision, images: shown }, null, 2);
}

/** A cause without values that may be credentials. */
function shownCause(cause: Cause): Cause {
  if (mayShow(cause)) return cause;
  const { from: _from, to: _to, ...rest } = cause;
  return rest;
}
