import { EngineError, mapLimited, type RegistryClient, type RegistryTags } from '@nx-image-matrix/engine';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import { shortId } from '../../format/describe.ts';
import type { Removal } from './removals.ts';

/** What has become of a tag that was to be deleted. */
export type Outcome = { deleted: true } | { left: string } | Failure;

interface Failure {
  failed: string;
  hint?: string;
  /** Whether each further deletion would fail as well. */
  isFinal: boolean;
}

/** How images are deleted from a repository. */
export interface Deletion {
  repository: string;
  client: RegistryClient;
  tags: RegistryTags;
  /** Tags that may move to an image meanwhile, which then stays. */
  floating: ReadonlySet<string>;
}

/** Questions to a registry at once. */
const AT_ONCE = 8;

/**
 * Deletes images one after the other, and asks for their tags again just before each: an image whose tag has moved since it
 * was planned is left, and so is what that image needs. A refusal that would be the same for all ends it.
 *
 * @returns what has become of each tag.
 */
export async function deleteImages(removals: readonly Removal[], deletion: Deletion): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const deleted = new Set<string>();
  let refusal: Outcome | undefined;
  for (const removal of removals) {
    const isHeld = removal.after.some((digest) => !deleted.has(digest));
    const outcome: Outcome =
      refusal ?? (isHeld ? { left: 'an image that needs it is left' } : await deleteImage(removal, deletion));
    if ('deleted' in outcome) deleted.add(removal.digest);
    else if ('failed' in outcome && outcome.isFinal) refusal = outcome;
    for (const tag of removal.tags) outcomes.set(tag, outcome);
  }
  return outcomes;
}

async function deleteImage(
  { digest, tags: own }: Removal,
  { repository, client, tags, floating }: Deletion,
): Promise<Outcome> {
  try {
    const names = [...new Set([...own, ...floating])];
    const now = await mapLimited(
      names,
      AT_ONCE,
      async (tag) => [tag, await client.digest(`${repository}:${tag}`)] as const,
    );
    for (const [tag, found] of now) {
      if (!own.includes(tag) && found === digest) return { left: `${tag} has moved to it` };
      if (own.includes(tag) && found !== undefined && found !== digest) {
        return { left: `${tag} has moved to ${shortId(found)}` };
      }
    }
    await tags.remove(repository, digest);
    return { deleted: true };
  } catch (error) {
    const isFinal = error instanceof EngineError && ['unsupported', 'unauthorized', 'interrupted'].includes(error.code);
    const hint = error instanceof EngineError ? error.hint : undefined;
    return { failed: messageOf(error), ...(hint && { hint }), isFinal };
  }
}
