import { suggest } from '@nx-image-matrix/diagnostics';
import type { Exclusion, Manifest, Package } from '../manifest.ts';
import { isAbout, leavesOutAll } from '../normalise/exclusions.ts';
import { coordinateKey, type Coordinate } from './coordinates.ts';
import { identify } from './identity.ts';
import { isLiquid } from './liquid.ts';
import { MAX_CHAIN, nameFrom, parentCoordinate, type Plan } from './plan.ts';
import { argumentText } from './value-settings.ts';
import type { ExpansionContext } from './context.ts';

/**
 * Removes the coordinates that `exclude` leaves out, and those of parents that exist only for them. Reports an entry that
 * leaves out nothing, or the parent of an image that stays, and a package that has no image left.
 */
export function leaveOut(plans: readonly Plan[], { exclusions, packages }: Manifest, context: ExpansionContext): void {
  if (exclusions.length === 0) return;
  // An entry may leave out what is not planned because of an error.
  const isComplete = context.problems.diagnostics.length === 0;
  const before = packagesOf(plans);
  const excluded = findExcluded(plans, exclusions, context);
  if (isComplete) reportUnused(exclusions, excluded, plans, context);
  removeExcluded(plans, excluded, context);
  const after = packagesOf(plans);
  for (const pkg of isComplete ? packages : []) if (before.has(pkg) && !after.has(pkg)) reportEmpty(pkg, context);
}

/** The entries that leave out a coordinate, by plan and key. */
type Excluded = Map<Plan, Map<string, Exclusion[]>>;

function packagesOf(plans: readonly Plan[]): Set<Package> {
  return new Set(plans.filter(({ coordinates }) => coordinates.size > 0).map((plan) => plan.package));
}

function findExcluded(plans: readonly Plan[], exclusions: readonly Exclusion[], context: ExpansionContext): Excluded {
  return new Map(
    plans.map((plan) => {
      const candidates = byFirstArgument(exclusions.filter((exclusion) => concerns(exclusion, plan)));
      const found = [...plan.coordinates].flatMap(([key, coordinate]): [string, Exclusion[]][] => {
        const ofCoordinate = candidates.size === 0 ? [] : matching(candidates, plan, coordinate, context);
        return ofCoordinate.length > 0 ? [[key, ofCoordinate]] : [];
      });
      return [plan, new Map(found)];
    }),
  );
}

function concerns(exclusion: Exclusion, { package: pkg, type, release, declared }: Plan): boolean {
  return (
    isAbout(exclusion, pkg.name, type.name, release) && [...exclusion.args.keys()].every((name) => declared.has(name))
  );
}

/** Entries by the name and the values of their first argument, since there may be many; `''` without any. */
type Candidates = Map<string, Map<string, Exclusion[]>>;

function byFirstArgument(exclusions: readonly Exclusion[]): Candidates {
  const candidates: Candidates = new Map();
  for (const exclusion of exclusions) {
    const [[name, values] = ['', ['']]] = exclusion.args;
    const ofName = candidates.get(name) ?? new Map<string, Exclusion[]>();
    candidates.set(name, ofName);
    for (const value of values) {
      const known = ofName.get(value);
      if (known) known.push(exclusion);
      else ofName.set(value, [exclusion]);
    }
  }
  return candidates;
}

function matching(candidates: Candidates, plan: Plan, coordinate: Coordinate, context: ExpansionContext): Exclusion[] {
  const valuesOf = argumentReader(plan, coordinate, context);
  const found = [...candidates].flatMap(([name, byValue]) =>
    (name === '' ? [''] : valuesOf(name)).flatMap((value) => byValue.get(value) ?? []),
  );
  return found.filter(
    ({ cuda, args }) =>
      (!cuda || (coordinate.cuda !== undefined && cuda.has(coordinate.cuda))) &&
      [...args].every(([name, values]) => valuesOf(name).some((value) => values.has(value))),
  );
}

/** Returns the value of an argument of an image, as the manifest spells it and, if it is Liquid, rendered. */
function argumentReader(plan: Plan, coordinate: Coordinate, context: ExpansionContext): (name: string) => string[] {
  let rendered: Record<string, string> | undefined;
  return (name) => {
    const text = argumentText(plan.settings, coordinate, name)?.text;
    if (text === undefined) return [];
    if (!isLiquid(text)) return [text];
    rendered ??= identify(plan, coordinate, context).args;
    const value = Object.hasOwn(rendered, name) ? rendered[name] : undefined;
    return value === undefined || value === text ? [text] : [text, value];
  };
}

/** Removes coordinates, children before parents. */
function removeExcluded(plans: readonly Plan[], excluded: Excluded, context: ExpansionContext): void {
  const children = new Map<Plan, Children>();
  for (const plan of childrenFirst(plans)) {
    const own = children.get(plan);
    const isListed = isListedByPackage(plan);
    for (const [key, coordinate] of plan.coordinates) {
      const exclusions = excluded.get(plan)?.get(key);
      const stays = own?.staying.get(key);
      const orphaned = !isListed && own?.all.has(key) === true && !stays;
      if (exclusions && stays) reportParent(exclusions, { plan, coordinate }, stays, context);
      if (exclusions ?? orphaned) plan.coordinates.delete(key);
      addChild(children, plan, coordinate, !(exclusions ?? orphaned));
    }
    if (plan.coordinates.size === 0 && plan.parent) remove(plan.parent.children, nameFrom(plan.parent, plan));
  }
}

function childrenFirst(plans: readonly Plan[]): Plan[] {
  const depths = new Map<Plan, number>();
  for (const plan of plans) {
    let depth = 0;
    for (let ancestor = plan.parent; ancestor && depth <= MAX_CHAIN; ancestor = ancestor.parent) depth += 1;
    depths.set(plan, depth);
  }
  return plans.toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0));
}

interface Cell {
  plan: Plan;
  coordinate: Coordinate;
}

/** The children of the images of a plan, by the key of their coordinates. */
interface Children {
  all: Set<string>;
  staying: Map<string, Cell[]>;
}

function addChild(children: Map<Plan, Children>, plan: Plan, coordinate: Coordinate, stays: boolean): void {
  if (!plan.parent) return;
  const ofParent = children.get(plan.parent) ?? { all: new Set(), staying: new Map<string, Cell[]>() };
  children.set(plan.parent, ofParent);
  const key = coordinateKey(parentCoordinate(plan, plan.parent, coordinate));
  ofParent.all.add(key);
  if (stays) ofParent.staying.set(key, [...(ofParent.staying.get(key) ?? []), { plan, coordinate }]);
}

function isListedByPackage({ package: pkg, release, type }: Plan): boolean {
  return pkg.listings.some(
    ({ releaseType, distros }) =>
      releaseType === type.name && distros.some(({ releases }) => releases.includes(release)),
  );
}

function remove(names: string[], name: string): void {
  const index = names.indexOf(name);
  if (index >= 0) names.splice(index, 1);
}

function reportParent(
  exclusions: readonly Exclusion[],
  parent: Cell,
  children: readonly Cell[],
  context: ExpansionContext,
): void {
  const nameOf = ({ plan, coordinate }: Cell): string => `\`${identify(plan, coordinate, context).name}\``;
  const shown = children.slice(0, 3).map(nameOf);
  const others = children.length - shown.length;
  const list = others > 0 ? `${shown.join(', ')} and ${others} more` : shown.join(' and ');
  const verb = children.length === 1 ? 'starts' : 'start';
  for (const { at } of exclusions) {
    const message = `this leaves out ${nameOf(parent)}, but ${list} ${verb} from it`;
    context.problems.add(at, 'bad-exclusion', message, { hint: 'leave out what starts from it too', once: true });
  }
}

/** Most hints, because each compares with all values. */
const MAX_HINTS = 20;

function reportUnused(
  exclusions: readonly Exclusion[],
  excluded: Excluded,
  plans: readonly Plan[],
  { problems }: ExpansionContext,
): void {
  const used = new Set([...excluded.values()].flatMap((ofPlan) => [...ofPlan.values()].flat()));
  let reported = 0;
  for (const exclusion of exclusions) {
    if (used.has(exclusion)) continue;
    // A release type with CUDA may have no images on a release without CUDA.
    if (plans.some(({ package: pkg, type, release }) => leavesOutAll(exclusion, pkg.name, type.name, release)))
      continue;
    problems.add(exclusion.at, 'unused-exclusion', 'this entry leaves out no image', {
      hint: (reported++ < MAX_HINTS && valueHint(exclusion, plans)) || 'remove it, or correct what it names',
      once: true,
      warning: true,
    });
  }
}

/** The value that a condition may mean, if no image has the value that it names. */
function valueHint({ args }: Exclusion, plans: readonly Plan[]): string | undefined {
  for (const [name, values] of args) {
    const known = new Set(
      plans.flatMap(({ settings }) => settings.args.get(name)?.values.map(({ text }) => text) ?? []),
    );
    for (const value of values) {
      const nearest = known.has(value) ? undefined : suggest(value, known);
      if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
    }
  }
  return undefined;
}

function reportEmpty({ name, key }: Package, { problems }: ExpansionContext): void {
  problems.add(key, 'unused-exclusion', `\`exclude\` leaves out every image of \`${name}\``, {
    hint: 'remove the package, or the entry that leaves it out',
    warning: true,
  });
}
