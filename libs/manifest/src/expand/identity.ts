import type { AxisValue } from '../image.ts';
import { renderAxisValues, renderTexts } from './arguments.ts';
import type { Coordinate } from './coordinates.ts';
import { axisValues, cleanFolder, suffix } from './names.ts';
import type { Plan } from './plan.ts';
import { trackedScope } from './scope.ts';
import { releaseVariables, type ReleaseVariables } from './variables.ts';
import { platformsOf, singleArguments } from './value-settings.ts';
import type { World } from './world.ts';

/** The name and build inputs of an image, before it is tagged. */
export interface Identity {
  name: string;
  dir: string;
  axes: AxisValue[];
  args: Record<string, string>;
  /** Absent if the values of its axes have none in common. */
  platforms?: string[];
  variables: ReleaseVariables & { name: string; dir: string };
  /** Paths of variables that use the release version. */
  versioned: Set<string>;
}

export function identify(plan: Plan, coordinate: Coordinate, world: World): Identity {
  const { settings } = plan;
  const cuda = coordinate.cuda === undefined ? null : world.cudaVariables(plan.release, coordinate.cuda);
  const unnamed = releaseVariables(plan, world.version, cuda, world.vars(settings));
  const versioned = new Set(['version']);

  const ofCuda = coordinate.cuda === undefined ? undefined : world.cudaPlatforms(coordinate.cuda);
  const platforms = platformsOf(settings, coordinate, ofCuda);
  const scopeOf = (values: object) => trackedScope({ ...values, platforms: platforms ?? [] }, versioned);

  const ofAxes = renderAxisValues(coordinate.values, () => scopeOf(unnamed), world.problems);
  const axes = axisValues(plan, coordinate, ofAxes.values, world.axisLabels);
  const variables = { ...unnamed, ...nameOf(plan, suffix(coordinate, axes), world) };
  if (ofAxes.versioned.length > 0) versioned.add('name').add('dir');

  const single = singleArguments(settings, coordinate);
  const others = renderTexts(single, scopeOf(variables), world.problems);
  for (const name of [...ofAxes.versioned, ...others.versioned]) versioned.add(`args.${name}`);
  const args = inOrder(new Set([...settings.args.keys(), ...single.keys()]), ofAxes.values, others.values);
  return {
    name: variables.name,
    dir: variables.dir,
    axes,
    args,
    ...(platforms && { platforms }),
    variables,
    versioned,
  };
}

function nameOf(
  { package: pkg, release, type }: Plan,
  tail: string,
  { prefix, outputDir }: World,
): { name: string; dir: string } {
  const { id } = release.distro;
  return {
    name: `${prefix}${pkg.name}-${id}-${type.name}${tail}`,
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
