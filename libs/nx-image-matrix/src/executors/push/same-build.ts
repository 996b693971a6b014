import { attestationsOf, BUILD_ID_LABEL, type RegistryClient } from '@nx-image-matrix/engine';
import { parseReference } from '@nx-image-matrix/manifest/reference';
import { isAttested } from '../../build-plan/attestations.ts';
import { isBuiltFrom } from '../../build-plan/built-from.ts';
import type { BuildPlan } from '../../build-plan/plan.ts';
import { readRecord } from '../../build-plan/record.ts';
import { PARENTS_LABEL } from '../../staging/parents-label.ts';
import type { CurrentImage } from '../../build-plan/current-image.ts';

/**
 * Whether an image in a registry is the one that would be pushed, although its digest differs, as that of an image with
 * attestations does after each build: it has the build ID and all attestations that are wanted. Not if this machine has
 * built the image or a parent again on purpose.
 */
export async function isSameBuild(
  client: RegistryClient,
  reference: string,
  digest: string,
  { root, plan, image }: { root: string; plan: BuildPlan } & Pick<CurrentImage, 'image'>,
): Promise<boolean> {
  const { attestations } = plan.document;
  if (!attestations || isForced(root, plan)) return false;
  const { registry, repository } = parseReference(reference);
  const source = `${registry}/${repository}@${digest}`;
  const manifest = await client.manifest(source);
  if (!manifest) return false;
  const all = await client.labels(source, manifest);
  const ids = all.map((labels) => labels[BUILD_ID_LABEL]);
  if (!isBuiltFrom(plan, ids) || !all.every((labels) => hasParents(labels, image.labels))) return false;
  return isAttested(await attestationsOf(client, source, manifest), attestations);
}

/** Images that were built without staging do not name their parents. */
function hasParents(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const [parents, own] = [labels[PARENTS_LABEL], wanted[PARENTS_LABEL]];
  return parents === undefined || own === undefined || parents === own;
}

function isForced(root: string, { folder, parents }: BuildPlan): boolean {
  return readRecord(root, folder)?.forced === true || parents.some((parent) => isForced(root, parent));
}
