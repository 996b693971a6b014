import type { Cause, ExplainedImage } from './cause.ts';
import { mayShow } from './describe.ts';
import type { Explanation } from './explain.ts';

/** The text of `docker-explain --json`. */
export function explanationJson({ base, images }: Explanation): string {
  const shown = images.map(({ name, manifest, ...difference }) => ({ name, manifest, ...shownDifference(difference) }));
  return JSON.stringify({ base: base.commit, revision: base.revision, images: shown }, null, 2);
}

/** The change of an image and its causes, as JSON has them. */
export function shownDifference({
  change,
  causes,
}: Pick<ExplainedImage, 'change' | 'causes'>): Pick<ExplainedImage, 'change' | 'causes'> {
  return { change, causes: causes.map(shownCause) };
}

/** A cause without values that may be credentials. */
function shownCause(cause: Cause): Cause {
  if (mayShow(cause)) return cause;
  const { from: _from, to: _to, ...rest } = cause;
  return rest;
}
