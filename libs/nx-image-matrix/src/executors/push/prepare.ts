import type { ImageFolder } from '../../workspace/image-folders.ts';
import type { TaskOutcome } from '../task-outcome.ts';
import { missingAttestations } from '../../build-plan/attestations.ts';
import type { CurrentImage } from '../../build-plan/current-image.ts';
import type { BuildPlan, BuildPlanner } from '../../build-plan/plan.ts';
import { describeError } from '../../format/describe.ts';
import { repositoryPasswords } from '../../repositories/passwords.ts';
import { refuseSecrets, type SecretFiles } from '../../secrets/refuse-secrets.ts';
import { chooseRepositories, readRepositoryEntries, type RepositoryChoice } from '../../repositories/repositories.ts';

/** The plan of an image's push, made before anything is changed. */
export interface PushPlan {
  plan: BuildPlan;
  choice: RepositoryChoice;
}

/** The plan of a push, or why the image may not be pushed. */
export async function preparePush(
  root: string,
  planner: BuildPlanner,
  folder: ImageFolder | undefined,
  project: string,
  files: SecretFiles,
): Promise<PushPlan | TaskOutcome> {
  if (!folder) return { success: false, output: `${project} is not an image project of nx-image-matrix.` };
  try {
    const plan = await planner.plan(folder);
    const { document } = plan;
    await refuseSecrets(root, plan, repositoryPasswords(root, folder.manifest), files);
    const entries = readRepositoryEntries(root, folder.manifest);
    const choice = chooseRepositories(document, entries, process.env);
    if (choice.problems.length > 0) {
      return { success: false, output: `${project}: nothing was pushed.\n  ${choice.problems.join('\n  ')}` };
    }
    if (document.unversioned && choice.active.length > 0) {
      return { success: false, output: unversioned(document.reference) };
    }
    return { plan, choice };
  } catch (error) {
    return { success: false, output: describeError(error, project) };
  }
}

function unversioned(reference: string): string {
  return (
    `${reference} is not pushed: its tags or files mention the release version, but none was given. ` +
    'Set IMAGE_VERSION, the plugin option "version" or "version" in the manifest.'
  );
}

/** Why the image of the engine is not pushed: it lacks attestations; `undefined` if it has all. */
export function whyUnattested({ document, folder }: BuildPlan, { record, image }: CurrentImage): string | undefined {
  const { attestations, reference } = document;
  if (!attestations) return undefined;
  const missing = missingAttestations(record.attestations, attestations);
  if (missing !== undefined) {
    return (
      `${reference} is not pushed: it was built without its attestations (${missing}). Run the docker-build target of ` +
      `${folder.project} without IMAGE_ATTESTATIONS first.`
    );
  }
  return image.digest === undefined
    ? `${reference} is not pushed: it is not in staging, and the engine keeps no attestations.`
    : undefined;
}

/** Known digests of the current image: in the engine, else in registries since it was built. */
export function knownDigests({ record, image }: CurrentImage): Set<string> {
  const pushed = Object.values(record.pushed);
  // With attestations, an earlier build of the same may have been there already.
  return new Set(image.digest ? [image.digest, ...(record.attestations ? pushed : [])] : pushed);
}
