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

interface Planning {
  manifest: Manifest;
  problems: Problems;
  /** The number of images that may still be added. */
  left: number;
  /** Parents before children. */
  plans: Plan[];
  /** By release type, the plans of a package on a release. */
  known: Map<Package, Map<Release, Map<string, Plan>>>;
}

/** The images to create, parents before children. */
export function planImages(manifest: Manifest, problems: Problems): Plan[] {
  const planning: Planning = { manifest, problems, left: MAX_IMAGES, plans: [], known: new Map() };
  for (const pkg of manifest.packages)
    for (const release of manifest.releases) if (planning.left >= 0) planRelease(planning, pkg, release);
  for (const { settings } of planning.plans) reportOverriddenAxes(settings, problems);
  for (const plan of planning.plans.toReversed()) addParentCoordinates(plan, problems);
  return planning.plans;
}

function planRelease(planning: Planning, pkg: Package, release: Release): void {
  const listed = listedTypes(pkg, release);
  const [first] = listed.values();
  if (!first) return;
  const types = [...listed.keys()];
  const hasBase = release.multistage && !types.every((name) => startsElsewhere(name, planning.manifest));
  const wanted = hasBase ? new Map([['base', first], ...listed]) : listed;
  const plans = [...wanted].flatMap(([name, place]) => {
    const plan = addPlan(planning, { pkg, release, name, place, descendants: [] });
    // A child in another package may have added it first.
    if (plan && listed.has(name)) plan.place = place;
    return plan ?? [];
  });
  for (const plan of plans) addAllCoordinates(plan, planning);
}

/** Whether a release type starts from an image of another package, directly or not. */
function startsElsewhere(name: string, { releaseTypes }: Manifest): boolean {
  const passed = new Set<string>();
  let type = releaseTypes.get(name);
  while (type?.from !== undefined && !passed.has(type.name)) {
    if (type.fromPackage !== undefined) return true;
    passed.add(type.name);
    type = releaseTypes.get(type.from);
  }
  return false;
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

interface Wanted {
  pkg: Package;
  release: Release;
  /** A release type. */
  name: string;
  place: Place;
  descendants: readonly string[];
}

/** Adds the plan of a release type after its ancestors; stops at a cycle. */
function addPlan(planning: Planning, { pkg, release, name, place, descendants }: Wanted): Plan | undefined {
  const { manifest } = planning;
  const type = manifest.releaseTypes.get(name);
  if (!type || descendants.length > MAX_CHAIN || descendants.includes(name) || (name === 'base' && !release.multistage))
    return undefined;
  const plans = plansOf(planning, pkg, release);
  const known = plans.get(name);
  if (known) return known;
  const { from, fromPackage = pkg.name } = type;
  const owner = manifest.packages.find((candidate) => candidate.name === fromPackage);
  const parent =
    from !== undefined && owner
      ? addPlan(planning, { pkg: owner, release, name: from, place, descendants: [...descendants, name] })
      : undefined;
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
  if (parent) parent.children.push(nameFrom(parent, plan));
  plans.set(name, plan);
  planning.plans.push(plan);
  return plan;
}

function plansOf({ known }: Planning, pkg: Package, release: Release): Map<string, Plan> {
  const ofPackage = known.get(pkg) ?? new Map<Release, Map<string, Plan>>();
  known.set(pkg, ofPackage);
  const plans = ofPackage.get(release) ?? new Map<string, Plan>();
  ofPackage.set(release, plans);
  return plans;
}

/** The release type of a plan as another plan names it: with its package, if the packages differ. */
export function nameFrom(other: Plan, { package: pkg, type }: Plan): string {
  return pkg === other.package ? type.name : `${pkg.name}/${type.name}`;
}

function addAllCoordinates(plan: Plan, planning: Planning): void {
  const versions = plan.type.cuda ? (cudaOf(plan.package, plan.release)?.versions ?? []) : undefined;
  const count = plan.axes.reduce((product, { values }) => product * values.length, versions?.length ?? 1);
  if (count > planning.left) {
    // Once reported, stop planning: counting on would only take time.
    const place = plan.axes.at(-1)?.values[0] ?? plan.place;
    if (planning.left >= 0)
      planning.problems.add(place, 'too-many-images', `these are more than ${MAX_IMAGES} images`, {
        hint: 'list fewer values or fewer distros, or split the manifest',
      });
    planning.left = -1;
    return;
  }
  planning.left -= count;
  for (const coordinate of allCoordinates(versions, plan.axes))
    plan.coordinates.set(coordinateKey(coordinate), coordinate);
}

/** Adds the parent of each image, even if no package lists it. */
function addParentCoordinates(plan: Plan, problems: Problems): void {
  if (!plan.parent) return;
  const missing = plan.parent.axes.find(({ name }) => !hasArgument(plan, name));
  if (missing) {
    const message = `\`${nameFrom(plan, plan.parent)}\` is one image for each \`${missing.name}\`, an argument that \`${plan.type.name}\` does not have`;
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
