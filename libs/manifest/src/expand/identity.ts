import type { AxisValue } from '../image.ts';
import { isImageReference } from '../references/grammar.ts';
import { renderAxisValues, renderTexts } from './arguments.ts';
import type { Coordinate } from './coordinates.ts';
import { axisValues, cleanFolder, suffix } from './names.ts';
import type { Plan } from './plan.ts';
import { isLiquid, renderLiquid } from './liquid.ts';
import { trackedScope } from './scope.ts';
import { releaseVariables, type ReleaseVariables } from './variables.ts';
import { platformsOf, singleArguments } from './value-settings.ts';
import type { ExpansionContext } from './context.ts';

/** The name and build inputs of an image, before it is tagged. */
export interface Identity {
  name: string;
  dir: string;
  axes: AxisValue[];
  args: Record<string, string>;
  /** Absent if the values of its axes have none in common. */
  platforms?: string[];
  variables: ReleaseVariables & { base_image: string; name: string; dir: string };
  /** Paths of variables that use the release version. */
  versioned: Set<string>;
}

export function identify(plan: Plan, coordinate: Coordinate, context: ExpansionContext): Identity {
  const { settings } = plan;
  const cuda = coordinate.cuda === undefined ? null : context.cudaVariables(plan.release, coordinate.cuda);
  const variablesWith = (baseImage: string | undefined): ReleaseVariables =>
    releaseVariables(plan, context.version, cuda, context.vars(settings), baseImage);
  const written = settings.baseImage?.text ?? '';
  const unnamed = variablesWith(isLiquid(written) ? undefined : written);
  const versioned = new Set(['version']);

  const ofCuda = coordinate.cuda === undefined ? undefined : context.cudaPlatforms(coordinate.cuda);
  const platforms = platformsOf(settings, coordinate, ofCuda);
  const scopeOf = (values: object) => trackedScope({ ...values, platforms: platforms ?? [] }, versioned);

  const ofAxes = renderAxisValues(coordinate.values, () => scopeOf(unnamed), context.problems);
  const axes = axisValues(plan, coordinate, ofAxes.values, context.axisLabels);
  const named = nameOf(plan, suffix(coordinate, axes), context);
  if (ofAxes.versioned.length > 0) versioned.add('name').add('dir');

  const single = singleArguments(settings, coordinate);
  const others = renderTexts(single, () => scopeOf({ ...unnamed, ...named }), context.problems);
  for (const name of [...ofAxes.versioned, ...others.versioned]) versioned.add(`args.${name}`);
  const args = inOrder(new Set([...settings.args.keys(), ...single.keys()]), ofAxes.values, others.values);

  const baseImage =
    unnamed.base_image ??
    renderBaseImage(plan, { ...unnamed, ...named, args, platforms: platforms ?? [] }, versioned, context);
  // With Liquid, the variable is in the same place as without.
  const complete = unnamed.base_image === undefined ? variablesWith(baseImage) : unnamed;
  const variables = { ...complete, base_image: baseImage, ...named };
  return { ...named, axes, args, ...(platforms && { platforms }), variables, versioned };
}

/** Renders a `base_image` that is Liquid; reports an error and returns an empty text if it is invalid. */
function renderBaseImage(
  { settings: { baseImage }, readArguments }: Plan,
  values: Readonly<Record<string, unknown>>,
  versioned: Set<string>,
  { problems }: ExpansionContext,
): string {
  if (!baseImage) return '';
  const scope = trackedScope(values, versioned, readArguments);
  const rendered = renderLiquid(baseImage.text, scope);
  if (scope.takeVersionRead()) versioned.add('base_image');
  const text = 'text' in rendered ? rendered.text.trim() : '';
  if (isImageReference(text)) return text;
  const problem =
    'error' in rendered ? rendered.error : `it renders to \`${text}\`, which is not a reference to an image`;
  problems.add(baseImage, 'bad-reference', `\`base_image\`: ${problem}`, {
    hint: 'it sees the variables of templates except `tags`, `from` and `base_image`',
    once: true,
    image: scope.image,
  });
  return '';
}

function nameOf(
  { package: pkg, release, type }: Plan,
  tail: string,
  { prefix, outputDir }: ExpansionContext,
): { name: string; dir: string } {
  const { id } = release.distro;
  return {
    // Commands and project graphs read a slash as the end of a scope.
    name: `${prefix}${pkg.name.replaceAll('/', '-')}-${id}-${type.name}${tail}`,
    dir: cleanFolder(`${outputDir}/${pkg.name}/${id}/${type.name}${tail}`),
  };
}

/** The values of those names that either record has. */
function inOrder(
  names: Iterable<string>,
  first: Record<string, string>,
  second: Record<string, string>,
): Record<string, string> {
  const values: [string, string][] = [];
  for (const name of names) {
    const value = Object.hasOwn(first, name) ? first[name] : Object.hasOwn(second, name) ? second[name] : undefined;
    if (value !== undefined) values.push([name, value]);
  }
  return Object.fromEntries(values);
}
