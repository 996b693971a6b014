import type { Problems } from '../yaml/problems.ts';
import type { ManifestArguments } from '../image.ts';
import type { Argument, Manifest, Package, Release, ReleaseType } from '../manifest.ts';
import { cudaOf } from '../normalise/cuda.ts';
import type { Place } from '../yaml/tree.ts';
import { allCoordinates, coordinateKey, type Coordinate } from './coordinates.ts';
import { resolveSettings, type Settings } from './settings.ts';
import { argumentText, declaredArguments, overriddenAxes } from './value-settings.ts';

/** The images of one package, release and release type. */
export interface Plan {
  package: Package;
  release: Release;
  type: ReleaseType;
  /** Where the manifest declares them. */
  place: Place;
  settings: Settings;
  axes: Argument[];
  /** Every argument that an image of the plan may have. */
  declared: ManifestArguments['declared'];
  /** Names of arguments that a label or `base_image` reads. */
  readArguments: Set<string>;
  /** Names of arguments that a tag reads. */
  readByTags: Set<string>;
  parent?: Plan;
  /** Names of the release types that start `FROM` it. */
  children: string[];
  coordinates: Map<string, Coordinate>;
}

/** Longest chain of release types; a longer one is reported, since no engine supports that many layers. */
export const MAX_CHAIN = 100;

/** Most images of a manifest. Only axes that multiply reach it, and they would use up all memory. */
const MAX_IMAGES = 20_000;

interface Budget {
  left: number;
}

/** The images to create, parents before children. */
export function planImages(manifest: Manifest, problems: Problems): Plan[] {
  const budget: Budget = { left: MAX_IMAGES };
  return manifest.packages.flatMap((pkg) =>
    manifest.releases.flatMap((release) =>
      budget.left < 0 ? [] : planRelease(manifest, pkg, release, budget, problems),
    ),
  );
}

function planRelease(manifest: Manifest, pkg: Package, release: Release, budget: Budget, problems: Problems): Plan[] {
  const listed = listedTypes(pkg, release);
  const [first] = listed.values();
  if (!first) return [];
  const plans = new Map<string, Plan>();
  const wanted = release.multistage ? new Map([['base', first], ...listed]) : listed;
  for (const [name, place] of wanted) addPlan(plans, manifest, pkg, release, name, place, []);
  for (const name of wanted.keys()) addAllCoordinates(plans.get(name), budget, problems);
  const ordered = [...plans.values()];
  for (const { settings } of ordered) reportOverriddenAxes(settings, problems);
  for (const plan of ordered.toReversed()) addParentCoordinates(plan, problems);
  return ordered;
}

function reportOverriddenAxes(settings: Settings, problems: Problems): void {
  for (const { at, name, by } of overriddenAxes(settings)) {
    problems.add(at, 'bad-arg', `a value of \`${by}\` cannot set \`${name}\`, which is an axis`, {
      hint: 'remove one of the two; `exclude` leaves out images that have both values',
      once: true,
    });
  }
}

/** Release types of a package that list a release, with the entry that does. */
function listedTypes(pkg: Package, release: Release): Map<string, Place> {
  const listed = new Map<string, Place>();
  for (const { releaseType, distros } of pkg.listings) {
    const distro = distros.find(({ releases }) => releases.includes(release));
    if (distro) listed.set(releaseType, distro.entry);
  }
  return listed;
}

/** Adds the plan of a release type after its ancestors; stops at a cycle. */
function addPlan(
  plans: Map<string, Plan>,
  manifest: Manifest,
  pkg: Package,
  release: Release,
  name: string,
  place: Place,
  descendants: readonly string[],
): Plan | undefined {
  const type = manifest.releaseTypes.get(name);
  if (!type || descendants.length > MAX_CHAIN || descendants.includes(name) || (name === 'base' && !release.multistage))
    return undefined;
  const known = plans.get(name);
  if (known) return known;
  const parent = type.from && addPlan(plans, manifest, pkg, release, type.from, place, [...descendants, name]);
  const settings = resolveSettings([...release.layers, type.layer, pkg.layer]);
  const axes = [...settings.args.values()].filter((argument) => argument.axis);
  const plan: Plan = {
    package: pkg,
    release,
    type,
    place,
    settings,
    axes,
    declared: declaredArguments(settings),
    readArguments: new Set(),
    readByTags: new Set(),
    children: [],
    coordinates: new Map(),
    ...(parent && { parent }),
  };
  if (parent) parent.children.push(name);
  plans.set(name, plan);
  return plan;
}

function addAllCoordinates(plan: Plan | undefined, budget: Budget, problems: Problems): void {
  if (!plan) return;
  const versions = plan.type.cuda ? (cudaOf(plan.package, plan.release)?.versions ?? []) : undefined;
  const count = plan.axes.reduce((product, { values }) => product * values.length, versions?.length ?? 1);
  if (count > budget.left) {
    // Once reported, stop planning: counting on would only take time.
    const place = plan.axes.at(-1)?.values[0] ?? plan.place;
    if (budget.left >= 0)
      problems.add(place, 'too-many-images', `these are more than ${MAX_IMAGES} images`, {
        hint: 'list fewer values or fewer distros, or split the manifest',
      });
    budget.left = -1;
    return;
  }
  budget.left -= count;
  for (const coordinate of allCoordinates(versions, plan.axes))
    plan.coordinates.set(coordinateKey(coordinate), coordinate);
}

/** Adds the parent of each image, even if no package lists it. */
function addParentCoordinates(plan: Plan, problems: Problems): void {
  if (!plan.parent) return;
  const missing = plan.parent.axes.find(({ name }) => !hasArgument(plan, name));
  if (missing) {
    const message = `\`${plan.parent.type.name}\` is one image for each \`${missing.name}\`, an argument that \`${plan.type.name}\` does not have`;
    problems.add(plan.type.fromAt ?? plan.type.key ?? plan.place, 'bad-parent', message, {
      hint: `give \`${plan.type.name}\` the argument \`${missing.name}\` too, or another \`from\``,
      once: true,
    });
    plan.parent = undefined;
    return;
  }
  for (const coordinate of plan.coordinates.values()) {
    const needed = parentCoordinate(plan, plan.parent, coordinate);
    plan.parent.coordinates.set(coordinateKey(needed), needed);
  }
}

/** Whether every image of a plan has an argument. */
function hasArgument({ settings, declared, axes, coordinates }: Plan, name: string): boolean {
  if (!declared.has(name) || axes.every(({ byValue }) => !byValue)) return declared.has(name);
  return [...coordinates.values()].every((coordinate) => argumentText(settings, coordinate, name));
}

/** The coordinates of the parent: its own axes with the child's values, and the child's CUDA version if it has CUDA. */
export function parentCoordinate(child: Plan, parent: Plan, coordinate: Coordinate): Coordinate {
  const values: Coordinate['values'] = new Map();
  for (const { name } of parent.axes) {
    const value = argumentText(child.settings, coordinate, name);
    if (value) values.set(name, value);
  }
  return { ...(parent.type.cuda && { cuda: coordinate.cuda }), values };
}
