import { isPartOfTag, isTag } from '../references/tag.ts';
import type { Identity } from './identity.ts';
import type { Plan } from './plan.ts';
import { checkFirstTag, defaultTag, renderTags, TAG_HINT, type RenderedTag, type TagScope } from './tags.ts';
import type { ExpansionContext } from './context.ts';

/**
 * The tags that an image is pushed with: those of its release type, else the default tag. Reports an image without any.
 */
export function ownTags(
  plan: Plan,
  identity: Identity,
  scope: () => TagScope,
  context: ExpansionContext,
): RenderedTag[] {
  return plan.type.tags ? customTags(plan, identity, scope, context) : defaultTags(plan, identity, context);
}

function customTags(
  { type, place }: Plan,
  { name }: Identity,
  scope: () => TagScope,
  { problems }: ExpansionContext,
): RenderedTag[] {
  const texts = type.tags ?? [];
  const reported = problems.diagnostics.length;
  const tags = renderTags(texts, scope, problems);
  checkFirstTag(tags[0], problems);
  const alreadyReported = problems.diagnostics.length > reported || texts.some((text) => problems.isTainted(text));
  const at = texts[0] ?? type.key ?? place;
  if (tags.length === 0 && (!alreadyReported || problems.isReported(at, 'bad-tag'))) {
    const message = `\`${type.name}\` has no tag here: every one of its \`tags\` renders to nothing`;
    problems.add(at, 'bad-tag', message, {
      hint: 'add a tag without a condition',
      once: true,
      image: name,
    });
  }
  return tags;
}

function defaultTags(plan: Plan, { axes }: Identity, context: ExpansionContext): RenderedTag[] {
  const parts = {
    version: context.version,
    axes: axes.map(({ label }) => label).join('-'),
    addToTags: plan.release.addToTags?.text ?? '',
  };
  const tag = defaultTag(plan.type.name, parts);
  if (!isTag(tag.tag)) reportDefaultTag(tag, plan, context);
  return [tag];
}

function reportDefaultTag({ tag, versioned }: RenderedTag, plan: Plan, context: ExpansionContext): void {
  if (versioned && !isPartOfTag(context.version)) {
    const message = `the release version \`${context.version}\` cannot stand in a tag`;
    context.problems.add(context.versionPlace ?? { line: 1, column: 1 }, 'bad-tag', message, {
      hint: TAG_HINT,
      once: true,
    });
  } else if (isPartOfTag(tag) && isTag(`_${plan.release.addToTags?.text ?? ''}`)) {
    context.problems.add(plan.place, 'bad-tag', `\`${tag}\` is not a tag`, { hint: TAG_HINT, once: true });
  }
}
