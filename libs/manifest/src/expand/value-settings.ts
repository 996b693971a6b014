import type { ManifestArguments } from '../image.ts';
import type { Argument, Text, ValueSettings } from '../manifest.ts';
import type { Place } from '../yaml/tree.ts';
import type { Coordinate } from './coordinates.ts';
import type { Settings } from './settings.ts';

/** An argument that comes with a value of an axis. */
interface Companion {
  axis: Argument;
  /** Absent if it removes an inherited argument. */
  text?: Text;
}

/**
 * The arguments of one image that are not axes: those of its settings, and those that come with its values of axes. A
 * value counts as much as the layer that sets its axis: what a stronger layer says of an argument wins.
 */
export function singleArguments(settings: Settings, coordinate: Coordinate): Map<string, Text> {
  const single = new Map<string, Text>();
  for (const { name, values, axis } of settings.args.values()) if (!axis && values[0]) single.set(name, values[0]);
  for (const [name, { text }] of companionsOf(settings, coordinate)) {
    if (text) single.set(name, text);
    else single.delete(name);
  }
  return single;
}

/** The value of an argument of one image as the manifest spells it, on an axis or not. */
export function argumentText(settings: Settings, coordinate: Coordinate, name: string): Text | undefined {
  const value = coordinate.values.get(name);
  if (value) return value;
  const companion = companionsOf(settings, coordinate).get(name);
  return companion ? companion.text : settings.args.get(name)?.values[0];
}

/** Every argument that the images of a plan may have, with its place. */
export function declaredArguments({ args }: Settings): ManifestArguments['declared'] {
  const axes = [...args.values()].filter(({ byValue }) => byValue);
  if (axes.length === 0) return args;
  const declared = new Map<string, { at: Place; axis: boolean; with?: string }>(args);
  for (const axis of axes) {
    for (const settings of axis.byValue?.values() ?? []) {
      for (const [name, { at }] of settings.args) {
        if (!declared.has(name)) declared.set(name, { at, axis: false, with: axis.name });
      }
    }
  }
  return declared;
}

/** Arguments that come with a value although they are axes themselves. */
export function overriddenAxes(settings: Settings): { at: Place; name: string; by: string }[] {
  return [...settings.args.values()].flatMap((axis) =>
    [...(axis.byValue?.values() ?? [])].flatMap(({ args }) =>
      [...args].flatMap(([name, { at }]) => {
        const isOverridden =
          settings.args.get(name)?.axis && strengthOf(settings, name) < strengthOf(settings, axis.name);
        return isOverridden ? [{ at, name, by: axis.name }] : [];
      }),
    ),
  );
}

/**
 * The platforms of one image: those of its settings, or those that its values of axes and its CUDA version have in common;
 * `undefined` if these have none in common. As for arguments, a stronger layer wins over a value of an axis.
 */
export function platformsOf(
  settings: Settings,
  coordinate: Coordinate,
  ofCuda: readonly string[] | undefined,
): string[] | undefined {
  const ofValues = valuesOf(settings, coordinate).flatMap(([{ name }, { platforms }]) =>
    platforms && strengthOf(settings, name) >= settings.strengths.platforms ? [platforms] : [],
  );
  const [first, ...others] = [...ofValues, ...(ofCuda ? [ofCuda] : [])];
  if (!first) return settings.platforms;
  const common = first.filter((platform) => others.every((list) => list.includes(platform)));
  return common.length === 0 && others.length > 0 ? undefined : common;
}

/** The arguments that come with the values of an image, by name, without those that a stronger layer sets or removes. */
function companionsOf(settings: Settings, coordinate: Coordinate): Map<string, Companion> {
  const found = new Map<string, Companion>();
  for (const [axis, { args }] of valuesOf(settings, coordinate)) {
    const strength = strengthOf(settings, axis.name);
    for (const [name, { text }] of args) {
      const known = found.get(name)?.axis.name;
      const strongest = Math.max(strengthOf(settings, name), known === undefined ? -1 : strengthOf(settings, known));
      if (strength >= strongest) found.set(name, { axis, ...(text && { text }) });
    }
  }
  return found;
}

function valuesOf({ args }: Settings, { values }: Coordinate): [axis: Argument, settings: ValueSettings][] {
  return [...args.values()].flatMap((axis): [Argument, ValueSettings][] => {
    const settings = axis.byValue?.get(values.get(axis.name)?.text ?? '');
    return settings ? [[axis, settings]] : [];
  });
}

function strengthOf({ strengths }: Settings, name: string): number {
  return strengths.args.get(name) ?? -1;
}
