import type { AxisValue } from '../image.ts';
import { cudaOf } from '../normalise/cuda.ts';
import type { Plan } from './plan.ts';
import type { Coordinate } from './coordinates.ts';

/** Labels of axes that the manifest sets, by argument. */
export type AxisLabels = ReadonlyMap<string, { text: string }>;

/** The label of an axis without its value: that of the manifest, else `python` for `PYTHON_VERSION`. */
export function axisLabel(argument: string, labels: AxisLabels): string {
  return labels.get(argument)?.text ?? (argument.replace(/_VERSION$/i, '').toLowerCase() || argument.toLowerCase());
}

/** The axes of an image in naming order: CUDA if it is a list, then the arguments with these values. */
export function axisValues(
  plan: Plan,
  coordinate: Coordinate,
  values: Record<string, string>,
  labels: AxisLabels,
): AxisValue[] {
  const { cuda } = coordinate;
  const ofCuda: AxisValue[] =
    cuda && cudaOf(plan.package, plan.release)?.axis ? [{ axis: 'cuda', value: cuda, label: `cuda${cuda}` }] : [];
  const ofArguments = plan.axes.map(({ name }): AxisValue => {
    const label = axisLabel(name, labels);
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) ?? '';
    // Without a label, the axis still needs a name to select by.
    return { axis: label || axisLabel(name, new Map()), value, label: `${label}${value}`, arg: name };
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
export function nxTags(plan: Plan, coordinate: Coordinate, axes: readonly AxisValue[], labels: AxisLabels): string[] {
  const { distro } = plan.release;
  return [
    `package:${plan.package.name}`,
    `type:${plan.type.name}`,
    // The former name; to be removed in 1.0.0 (docs/renamed.md).
    `release:${plan.type.name}`,
    `distro:${distro.name}`,
    `distro:${distro.id}`,
    // An axis that the manifest calls `cuda` says it better than `cuda:none`.
    ...(coordinate.cuda || !axes.some(({ axis, arg }) => axis === 'cuda' && arg && labels.has(arg))
      ? [`cuda:${coordinate.cuda ?? 'none'}`]
      : []),
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
