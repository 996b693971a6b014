import { BUILD_ID_LABEL, type Manifest, type RegistryClient } from '@nx-image-matrix/engine';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { shortId } from '../../format/describe.ts';
import type { PlannedReference } from '../../format/plan-table.ts';
import type { FillTag } from '../run-tags.ts';

/** A floating tag, and the image that it is to be of. */
export interface Move {
  /** `docker.io/acme/app:latest` */
  reference: string;
  /** What it is now; absent where the registry does not have it. */
  from?: Manifest;
  to: Manifest;
  /** The pushed reference that `to` was found under. */
  source: string;
  /** What it was built for, where the manifest leaves that to the engine. */
  platforms?: readonly string[];
}

export interface FoundMoves {
  moves: Move[];
  /** Images that the registry does not have from the current files, each with what it has instead. */
  missing: string[];
}

/** What is to be moved in one repository for an image. Only asks. */
export async function findMoves(
  client: RegistryClient,
  repository: string,
  plan: BuildPlan,
  fill: FillTag,
): Promise<FoundMoves> {
  const source = `${repository}:${fill(lastingTag(plan.document.tags))}`;
  const to = await client.manifest(source);
  if (!to)
    return {
      moves: [],
      missing: [`${source} is not there; the docker-push target of ${plan.folder.project} puts it there`],
    };
  const ids = await client.label(source, to, BUILD_ID_LABEL);
  const builtFor = platformsOf(plan, ids);
  if (builtFor === undefined) {
    const other = ids.find((id) => id !== plan.buildId);
    const found = other ? `has the build ID ${shortId(other)}` : 'was not built by this tool';
    return {
      moves: [],
      missing: [
        `${source} ${found}, and not ${shortId(plan.buildId)} of the current files; push ${plan.folder.project}`,
      ],
    };
  }
  const references = plan.document.floatingTags.map((floating) => `${repository}:${fill(floating)}`);
  const moves = references.map(async (reference) => ({
    reference,
    from: await client.manifest(reference),
    to,
    source,
    ...(plan.document.platforms.length === 0 && { platforms: builtFor }),
  }));
  return { moves: await Promise.all(moves), missing: [] };
}

/** A tag that is the same in every run, where there is one: the push may have been in another one. */
function lastingTag(tags: readonly string[]): string {
  return tags.find((tag) => !tag.includes('{{')) ?? tags[0] ?? 'latest';
}

/** What engines build for where the manifest names no platform. */
const usualPlatforms = [
  ['linux/amd64'],
  ['linux/arm64'],
  ['linux/amd64', 'linux/arm64'],
  ...['386', 'arm/v6', 'arm/v7', 'ppc64le', 'riscv64', 's390x'].map((name) => [`linux/${name}`]),
];

/**
 * What an image with these build IDs was built for; undefined when it is not of the current files. Where neither the
 * manifest nor `DOCKER_DEFAULT_PLATFORM` says it, the engine has decided, and no engine can be asked here.
 */
function platformsOf(plan: BuildPlan, ids: readonly (string | undefined)[]): readonly string[] | undefined {
  const areAll = (wanted: string) => ids.length > 0 && ids.every((id) => id === wanted);
  if (areAll(plan.buildId)) return plan.platforms;
  if (plan.document.platforms.length > 0 || process.env['DOCKER_DEFAULT_PLATFORM']) return undefined;
  return usualPlatforms.find((platforms) => areAll(plan.buildIdFor(platforms)));
}

/** Why the tags of a package are not moved to images for one platform here and for another there; empty when they are. */
export function mixedPlatforms(moves: readonly Move[]): string[] {
  const sources = new Map(
    moves.flatMap(({ source, platforms }) => (platforms ? [[platforms.join(' and '), source]] : [])),
  );
  if (sources.size < 2) return [];
  const found = [...sources].map(([platforms, source]) => `${source} is for ${platforms}`);
  return [`${found.join(', but ')}; push them from one kind of machine, or name "platforms" in the manifest`];
}

/** What a move has done, in one line. */
export function describeMove({ reference, from, to, source }: Move): string {
  if (from?.digest === to.digest) return `skipped ${reference}: it is ${shortId(to.digest)} already`;
  return `moved ${reference} from ${from ? shortId(from.digest) : 'nothing'} to ${shortId(to.digest)} (${source})`;
}

/** A move as a line of a dry run. */
export function plannedMove({ reference, from, to, source }: Move): PlannedReference {
  const action = from?.digest === to.digest ? 'skipped: there already' : `move to ${source}`;
  return { reference, from: from?.digest, to: to.digest, action };
}
