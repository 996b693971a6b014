import type { Problems } from '../yaml/problems.ts';
import type { Text } from '../manifest.ts';
import { isTag } from '../references/tag.ts';
import type { Place } from '../yaml/tree.ts';
import { isLiquid, renderLiquid } from './liquid.ts';
import { RUN_NAMES, RunMarks, sampleRunTags, usesRun } from './run-tag.ts';
import { trackedScope, type TrackedScope } from './scope.ts';

export interface RenderedTag {
  tag: string;
  /** Where it is in the manifest; absent for a default tag. */
  place?: Place;
  /** Uses the release version. */
  versioned: boolean;
}

/** Variables of tags: those of the image, and `run`. */
export interface TagScope extends TrackedScope {
  marks: RunMarks;
}

export function tagScope(variables: object, versioned: ReadonlySet<string>, readArguments: Set<string>): TagScope {
  const marks = new RunMarks();
  return { marks, ...trackedScope({ ...variables, run: marks.scope }, versioned, readArguments) };
}

export interface TagParts {
  version: string;
  axes: string;
  addToTags: string;
}

/** The tag of a release type without `tags`; empty parts are omitted with their dash. */
export function defaultTag(type: string, { version, axes, addToTags }: TagParts): RenderedTag {
  const versioned = type === 'runtime' || type === 'cudnn';
  const words = versioned ? [version, axes, addToTags, type] : [type, axes, addToTags];
  return { tag: words.filter(Boolean).join('-'), versioned };
}

/**
 * Renders `tags` or `floating_tags`: each word of a text is a tag, and an empty one is none. Reports and leaves out
 * invalid tags.
 */
export function renderTags(texts: readonly Text[], scopeOf: () => TagScope, problems: Problems): RenderedTag[] {
  if (texts.length === 0) return [];
  const scope = scopeOf();
  const tags = new Map<string, RenderedTag>();
  for (const text of texts) {
    const words = renderTag(text, scope, problems);
    const versioned = scope.takeVersionRead();
    for (const tag of words) if (!tags.has(tag)) tags.set(tag, { tag, place: text, versioned });
  }
  return [...tags.values()];
}

function renderTag(text: Text, scope: TagScope, problems: Problems): string[] {
  const fail = (message: string, hint?: string): string[] => {
    problems.add(text, 'bad-tag', message, { hint, once: true, ...(isLiquid(text.text) && { image: scope.image }) });
    return [];
  };
  const { marks } = scope;
  marks.reset();
  const rendered = renderLiquid(text.text, scope);
  if ('error' in rendered) return fail(`${rendered.error} (line ${rendered.line} of the tag)`);
  const words = marks.unmark(rendered.text)?.filter(Boolean);
  if (words === undefined) return fail(`${RUN_NAMES} are only known when the tag is used: ${ONLY_DATE}`);
  const bad = words.find((tag) => !isTagInRuns(tag));
  return bad === undefined ? words : fail(`\`${bad}\` is not a tag`, TAG_HINT);
}

const ONLY_DATE = 'they take no conditions, and no filter but the `date` of `run.date`';

function isTagInRuns(tag: string): boolean {
  try {
    return sampleRunTags(tag).every(isTag);
  } catch {
    return false;
  }
}

export const TAG_HINT = 'a tag has at most 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two';

/** Reports a first tag that is only known in a run: images are found by their first tag. */
export function checkFirstTag(first: RenderedTag | undefined, problems: Problems): void {
  if (!first?.place || !usesRun(first.tag)) return;
  problems.add(first.place, 'bad-tag', `the first tag may not use ${RUN_NAMES}`, {
    hint: 'put another tag before it',
    once: true,
  });
}
