import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { Problems } from '../yaml/problems.ts';
import type { Image } from '../image.ts';
import type { Manifest } from '../manifest.ts';
import { isRepository } from '../references/grammar.ts';
import { hasRegistry } from '../references/reference.ts';
import { checkAxisLabels } from './axis-labels.ts';
import { buildImage, type BuiltImage } from './build-image.ts';
import { coordinateKey } from './coordinates.ts';
import { checkDuplicates } from './duplicates.ts';
import { leaveOut } from './exclusions.ts';
import { forgetRunaways } from './liquid.ts';
import { parentCoordinate, planImages, type Plan } from './plan.ts';
import { checkUnpushed } from './unpushed.ts';
import { createContext, givenVersion, type ExpandOptions, type ExpansionContext } from './context.ts';

export interface Expansion {
  /** By package, release (in the manifest's order) and release type; parents before children. */
  images: Image[];
  diagnostics: Diagnostic[];
  /** No release version is set: it is `dev`, and images that use it must not be pushed. */
  unversioned: boolean;
}

/**
 * All images of a manifest. Pure; never throws. If there is an error among the diagnostics, the images are incomplete.
 */
export function expandImages(manifest: Manifest, options: ExpandOptions): Expansion {
  forgetRunaways();
  const problems = new Problems(manifest.file);
  const context = createContext(manifest, options, problems);
  checkPrefix(manifest, context);
  const plans = planImages(manifest, problems);
  checkAxisLabels(plans, context);
  leaveOut(plans, manifest, context);
  const built = buildImages(plans, context);
  checkDuplicates(built, context);
  checkUnpushed(built, manifest, context);
  return {
    images: built.map(({ image }) => image),
    diagnostics: problems.diagnostics,
    unversioned: givenVersion(manifest, options) === undefined,
  };
}

function checkPrefix({ packages }: Manifest, { prefix, problems }: ExpansionContext): void {
  for (const { name, key } of packages) {
    // A prefix with a slash may name a registry on purpose.
    const becomesRegistry = !prefix.includes('/') && !hasRegistry(name) && hasRegistry(prefix + name);
    if (!isRepository(name) || (isRepository(prefix + name) && !becomesRegistry)) continue;
    problems.add(key, 'bad-reference', `\`${prefix}${name}\` cannot be the name of an image`, {
      hint: 'the plugin option `prefix` is put before it: lower-case letters, digits and separators',
    });
  }
}

function buildImages(plans: readonly Plan[], context: ExpansionContext): BuiltImage[] {
  const images: BuiltImage[] = [];
  const byPlan = new Map<Plan, Map<string, BuiltImage>>();
  for (const plan of plans) {
    const built = new Map<string, BuiltImage>();
    for (const [key, coordinate] of plan.coordinates) {
      const parent =
        plan.parent && byPlan.get(plan.parent)?.get(coordinateKey(parentCoordinate(plan, plan.parent, coordinate)));
      const image = buildImage(plan, coordinate, parent, context);
      built.set(key, image);
      images.push(image);
    }
    byPlan.set(plan, built);
  }
  return images;
}
