import type { Problems } from '../yaml/problems.ts';
import type { Text } from '../manifest.ts';
import { isTag } from '../references/tag.ts';
import type { Place } from '../yaml/tree.ts';
import { renderLiquid } from './liquid.ts';
import { RunMarks, sampleRunTag, usesRun } from './run-tag.ts';
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

/** Renders `tags` or `floating_tags`; drops empty results, and reports and leaves out invalid tags. */
export function renderTags(texts: readonly Text[], scopeOf: () => TagScope, problems: Problems): RenderedTag[] {
  if (texts.length === 0) return [];
  const scope = scopeOf();
  const tags = new Map<string, RenderedTag>();
  for (const text of texts) {
    const tag = renderTag(text, scope, problems);
    const versioned = scope.takeVersionRead();
    if (tag && !tags.has(tag)) tags.set(tag, { tag, place: text, versioned });
  }
  return [...tags.values()];
}

function renderTag(text: Text, scope: TagScope, problems: Problems): string | undefined {
  const fail = (message: string, hint?: string): undefined => {
    problems.add(text, 'bad-tag', message, { hint, once: true });
  };
  const { marks } = scope;
  marks.reset();
  const rendered = renderLiquid(text.text, scope);
  if ('error' in rendered) return fail(`${rendered.error} (line ${rendered.line} of the tag)`);
  const tag = marks.unmark(rendered.text.trim());
  if (tag === undefined)
    return fail('`run.date` and `run.sha` are only known when the tag is used: they take no filters and no conditions');
  if (tag !== '' && !isTag(sampleRunTag(tag))) return fail(`\`${tag}\` is not a tag`, TAG_HINT);
  return tag;
}

export const TAG_HINT = 'a tag has at most 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two';

/** Reports a first tag that is only known in a run: images are found by their first tag. */
export function checkFirstTag(first: RenderedTag | undefined, problems: Problems): void {
  if (!first?.place || !usesRun(first.tag)) return;
  problems.add(first.place, 'bad-tag', 'the first tag may not use `run.date` or `run.sha`', {
    hint: 'put another tag before it',
    once: true,
  });
}
