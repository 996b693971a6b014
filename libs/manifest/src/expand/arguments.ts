import { looksLikeCredential } from '@nx-image-matrix/diagnostics';
import type { ProblemDetails, Problems } from '../yaml/problems.ts';
import type { Text } from '../manifest.ts';
import { axisValueProblem } from '../references/axis-value.ts';
import { isLiquid, renderLiquid } from './liquid.ts';
import type { TrackedScope } from './scope.ts';

/** Rendered strings by name, and the names of those that use the release version. */
export interface RenderedTexts {
  values: Record<string, string>;
  versioned: string[];
}

/** Renders the values of axes, which must be valid in names and tags. */
export function renderAxisValues(
  texts: ReadonlyMap<string, Text>,
  scope: () => TrackedScope,
  problems: Problems,
): RenderedTexts {
  if (texts.size === 0) return { values: {}, versioned: [] };
  const rendered = renderTexts(texts, scope, problems);
  for (const [name, text] of texts) {
    const value = Object.hasOwn(rendered.values, name) ? rendered.values[name] : undefined;
    const problem = value === undefined ? undefined : axisValueProblem(value);
    if (problem) problems.add(text, 'bad-arg', `\`${name}\`: ${problem}`, { once: true });
  }
  return rendered;
}

/** Renders build arguments or labels, most of which contain no Liquid; reports and leaves out a value that cannot be rendered. */
export function renderTexts(
  texts: ReadonlyMap<string, Text>,
  scopeOf: () => TrackedScope,
  problems: Problems,
): RenderedTexts {
  const values: [string, string][] = [];
  const versioned: string[] = [];
  let scope: TrackedScope | undefined;
  for (const [name, text] of texts) {
    if (!isLiquid(text.text)) {
      values.push([name, text.text]);
      continue;
    }
    scope ??= scopeOf();
    const rendered = renderLiquid(text.text, scope);
    if (scope.takeVersionRead()) versioned.push(name);
    if ('text' in rendered) values.push([name, rendered.text]);
    else {
      const details: ProblemDetails = { once: true, image: scope.image };
      if (looksLikeCredential(name))
        problems.add(text, 'bad-arg', `\`${name}\` is not a Liquid string`, { ...details, conceal: true });
      else problems.add(text, 'bad-arg', `\`${name}\`: ${rendered.error} (line ${rendered.line} of the text)`, details);
    }
  }
  return { values: Object.fromEntries(values), versioned };
}
