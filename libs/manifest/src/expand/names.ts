import type { AxisValue } from '../image.ts';
import type { Plan } from './plan.ts';
import type { Coordinate } from './coordinates.ts';

/** `python` for `PYTHON_VERSION`. */
function axisName(argument: string): string {
  return argument.replace(/_VERSION$/i, '').toLowerCase() || argument.toLowerCase();
}

/** The axes of an image in naming order: CUDA if it is a list, then the arguments with these values. */
export function axisValues(plan: Plan, coordinate: Coordinate, values: Record<string, string>): AxisValue[] {
  const { cuda } = coordinate;
  const ofCuda: AxisValue[] =
    cuda && plan.release.cuda?.axis ? [{ axis: 'cuda', value: cuda, label: `cuda${cuda}` }] : [];
  const ofArguments = plan.axes.map(({ name }): AxisValue => {
    const axis = axisName(name);
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) ?? '';
    return { axis, value, label: `${axis}${value}`, arg: name };
  });
  return [...ofCuda, ...ofArguments];
}

/** The suffix after the release type in project names and folders: `-cuda11.3.1-python3.12`. Always includes CUDA. */
export function suffix(coordinate: Coordinate, axes: readonly AxisValue[]): string {
  const labels = axes.filter(({ arg }) => arg !== undefined).map(({ label }) => label);
  return [coordinate.cuda && `cuda${coordinate.cuda}`, ...labels]
    .flatMap((label) => (label ? [`-${label}`] : []))
    .join('');
}

/** Nx project tags of an image. */
export function nxTags(plan: Plan, coordinate: Coordinate, axes: readonly AxisValue[]): string[] {
  const { distro } = plan.release;
  return [
    `package:${plan.package.name}`,
    `type:${plan.type.name}`,
    // The former name; to be removed in 1.0.0 (docs/renamed.md).
    `release:${plan.type.name}`,
    `distro:${distro.name}`,
    `distro:${distro.id}`,
    `cuda:${coordinate.cuda ?? 'none'}`,
    ...axes.filter(({ arg }) => arg !== undefined).map(({ axis, value }) => `${axis}:${value}`),
  ];
}

/** An empty part, or `.`. */
const UNCLEAN = /(?:^|\/)\.?(?:\/|$)/;

/** A folder ready to be joined: without `./`, and without slashes at its ends. */
export function cleanFolder(folder: string): string {
  if (!UNCLEAN.test(folder)) return folder;
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
  return (folder.startsWith('/') ? '/' : '') + parts.join('/');
}
