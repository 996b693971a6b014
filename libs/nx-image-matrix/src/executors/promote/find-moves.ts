import { attestationsOf, BUILD_ID_LABEL, type Manifest, type RegistryClient } from '@nx-image-matrix/engine';
import { missingAttestations } from '../../build-plan/attestations.ts';
import { isBuiltFrom } from '../../build-plan/built-from.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { usualPlatforms } from '../../build-plan/usual-platforms.ts';
import { shortId } from '../../format/describe.ts';
import type { PlannedReference } from '../../format/plan-table.ts';
import type { FillTag } from '../run-tags.ts';

/** A floating tag, and the image to move it to. */
export interface Move {
  /** `docker.io/acme/app:latest` */
  reference: string;
  /** Its current image; absent if the registry does not have the tag. */
  from?: Manifest;
  to: Manifest;
  /** The pushed reference of `to`. */
  source: string;
  /** The platform it was built for, if the manifest leaves it to the engine. */
  platforms?: readonly string[];
}

export interface FoundMoves {
  moves: Move[];
  /** Images whose current files are not in the registry, and what is there instead. */
  missing: string[];
}

/** The moves of an image in one repository. Only reads. */
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
  const { attestations } = plan.document;
  const lacking = attestations && missingAttestations(await attestationsOf(client, source, to), attestations);
  if (lacking !== undefined) {
    return { moves: [], missing: [`${source} lacks its attestations (${lacking}); push ${plan.folder.project}`] };
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

/** A tag that is the same in every run, if there is one: the push may have been in another run. */
function lastingTag(tags: readonly string[]): string {
  return tags.find((tag) => !tag.includes('{{')) ?? tags[0] ?? 'latest';
}

/**
 * The platforms of an image with these build IDs; `undefined` if it was not built from the current files. If neither
 * the manifest nor `DOCKER_DEFAULT_PLATFORM` sets them, the engine did, and none can be asked here.
 */
function platformsOf(plan: BuildPlan, ids: readonly (string | undefined)[]): readonly string[] | undefined {
  const areAll = (wanted: string) => ids.length > 0 && ids.every((id) => id === wanted);
  if (isBuiltFrom(plan, ids)) return plan.platforms;
  if (plan.document.platforms.length > 0 || process.env['DOCKER_DEFAULT_PLATFORM']) return undefined;
  return usualPlatforms.find((platforms) => areAll(plan.buildIdFor(platforms)));
}

/** Why the tags of a package are not moved: its images are for different platforms. Empty if they are for the same. */
export function mixedPlatforms(moves: readonly Move[]): string[] {
  const sources = new Map(
    moves.flatMap(({ source, platforms }) => (platforms ? [[platforms.join(' and '), source]] : [])),
  );
  if (sources.size < 2) return [];
  const found = [...sources].map(([platforms, source]) => `${source} is for ${platforms}`);
  return [`${found.join(', but ')}; push them from one kind of machine, or name "platforms" in the manifest`];
}

/** The result of a move, in one line. */
export function describeMove({ reference, from, to, source }: Move): string {
  if (from?.digest === to.digest) return `skipped ${reference}: it is ${shortId(to.digest)} already`;
  return `moved ${reference} from ${from ? shortId(from.digest) : 'nothing'} to ${shortId(to.digest)} (${source})`;
}

/** A move, as a line of a dry run. */
export function plannedMove({ reference, from, to, source }: Move): PlannedReference {
  const action = from?.digest === to.digest ? 'skipped: there already' : `move to ${source}`;
  return { reference, from: from?.digest, to: to.digest, action };
}
