import { describeError, shortId } from '../../format/describe.ts';
import type { PlannedReference } from '../../format/plan-table.ts';
import type { ActiveRepository } from '../../repositories/repositories.ts';
import { isSignedRepository, type Signers } from '../../signing/signers.ts';
import type { PushPlan } from './prepare.ts';

/** What a repository has of an image: digests, with whether this run has sent them. */
export type PushedDigests = ReadonlyMap<string, boolean>;

interface Signed {
  success: boolean;
  lines: string[];
}

/** Signs what a repository has of an image, where the manifest wants it, and says so in a line for each digest. */
export async function signPushed(
  signers: Signers,
  target: ActiveRepository,
  digests: PushedDigests,
  onNote: (line: string) => void,
): Promise<Signed> {
  const signed: Signed = { success: true, lines: [] };
  if (!isSignedRepository(target)) return signed;
  for (const [digest, sent] of digests) {
    const what = `${target.repository} (${shortId(digest)})`;
    try {
      const isNew = await signers.sign(target, digest, sent, onNote);
      signed.lines.push(isNew ? `signed ${what}` : `skipped signature of ${what}: signed already`);
    } catch (error) {
      signed.success = false;
      signed.lines.push(
        describeError(error, `failed to sign ${what}`),
        `${what} is pushed, but not signed; the next docker-push signs it`,
      );
    }
  }
  return signed;
}

interface Origin {
  /** The digests of the image that would be pushed, given those that were. */
  digests: (pushed: Readonly<Record<string, string>>) => ReadonlySet<string>;
  /** There if an image counts as the same by its labels. */
  isSame?: unknown;
}

/**
 * Whether an image in a registry may count as pushed. Where images are signed, one that only its labels say is ours does
 * not, since anybody who may write there can copy them: it needs a signature of our key.
 */
export async function mayCount(
  signers: Signers,
  target: ActiveRepository,
  digest: string,
  { digests, isSame }: Origin,
): Promise<boolean> {
  if (!isSignedRepository(target) || !isSame || digests({}).has(digest)) return true;
  return target.sign.key !== undefined && signers.isSigned(target, digest);
}

/**
 * Of these pushes, the ones whose images cannot be signed where the manifest wants it, with the reason; found before
 * anything is pushed.
 */
export async function unsignable(signers: Signers, pushes: readonly PushPlan[]): Promise<Map<PushPlan, string>> {
  const problems = new Map<PushPlan, string>();
  for (const push of pushes) {
    try {
      await signers.prepare(push.choice.active);
    } catch (error) {
      problems.set(push, describeError(error, push.plan.folder.project));
    }
  }
  return problems;
}

/** The signature of an image in a repository, as a line of a dry run; none if its images are not signed. */
export async function plannedSignature(
  signers: Signers,
  target: ActiveRepository,
  digest: string | undefined,
): Promise<PlannedReference[]> {
  if (!isSignedRepository(target)) return [];
  const reference = target.repository;
  if (digest === undefined) return [{ reference, action: 'sign, once it is pushed' }];
  const signed = await signers.isSigned(target, digest);
  return [{ reference, to: digest, action: signed ? 'skipped: signed already' : 'sign' }];
}
