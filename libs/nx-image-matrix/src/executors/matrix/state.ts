import type { EngineImage } from '@nx-image-matrix/engine';
import type { ImageDocument } from '../../types.ts';
import { isBuilt } from '../../build-plan/decide.ts';
import type { BuildRecord } from '../../build-plan/record.ts';

/**
 * How the last build relates to the current files: current and in the engine, of earlier files, current but missing in
 * the engine, never built here, or unknown because no engine answers.
 */
export type BuiltState = 'built' | 'outdated' | 'missing' | 'never' | 'unknown';

/** Whether the image of the current files is in staging; `none wanted` if the manifest has no staging here. */
export type StagedState = 'staged' | 'not staged' | 'unknown' | 'none wanted';

/** How many references of an image are pushed: all, some or none; `none wanted` if nothing is to be pushed. */
export type PushedState = 'pushed' | 'partly' | 'outdated' | 'not pushed' | 'none wanted';

/**
 * The state that `docker-build` would find.
 * @param isCurrent whether its last build used the current files and parents.
 * @param images by reference; absent if no engine answers.
 */
export function builtState(
  reference: string,
  isCurrent: boolean,
  record: BuildRecord | undefined,
  images: ReadonlyMap<string, EngineImage> | undefined,
): BuiltState {
  if (!record) return 'never';
  if (!isCurrent) return 'outdated';
  if (!images) return 'unknown';
  return [reference, record.reference].some((name) => isBuilt(images.get(name), record)) ? 'built' : 'missing';
}

/** Whether every tag was pushed to every repository of the image, active in this environment or not. */
export function pushedState(
  image: Pick<ImageDocument, 'repositories' | 'tags'> & { pushes: boolean },
  isCurrent: boolean,
  record: BuildRecord | undefined,
): PushedState {
  if (!image.pushes || image.repositories.length === 0) return 'none wanted';
  const pushed = Object.keys(record?.pushed ?? {});
  if (pushed.length === 0) return 'not pushed';
  if (!isCurrent) return 'outdated';
  const wanted = image.repositories.flatMap((repository) => image.tags.map((tag) => `${repository}:${tag}`));
  const arrived = wanted.filter((reference) => hasArrived(reference, pushed));
  if (arrived.length === 0) return 'not pushed';
  return arrived.length === wanted.length ? 'pushed' : 'partly';
}

/** A tag with the run's date, commit or branch counts as pushed with any value of these. */
function hasArrived(reference: string, pushed: readonly string[]): boolean {
  if (!reference.includes('{{')) return pushed.includes(reference);
  const [before = '', ...rest] = reference.split(/\{\{.*?\}\}/);
  const after = rest.at(-1) ?? '';
  return pushed.some((candidate) => candidate.startsWith(before) && candidate.endsWith(after));
}
