import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { Image } from '../image.ts';
import type { Staging } from '../manifest.ts';
import { canonicalRepository } from '../references/reference.ts';

/** A manifest with its images, as {@link findPushedStaging} compares them. */
interface StagingOfManifest {
  file: string;
  staging?: Pick<Staging, 'at' | 'repository'>;
  images?: readonly Pick<Image, 'name' | 'repositories' | 'push'>[];
}

/** What to do about a repository of `staging` that images are pushed to. */
export const pushedStagingHint =
  'name another repository: in staging tags are build IDs, and others may write and clean up there';

/** Finds repositories of `staging` that images of another manifest are pushed to; a rule reports those of its own. */
export function findPushedStaging(manifests: readonly StagingOfManifest[]): Diagnostic[] {
  return manifests.flatMap(({ file, staging }): Diagnostic[] => {
    if (!staging) return [];
    const own = canonicalRepository(staging.repository);
    const others = manifests.filter((other) => other.file !== file);
    const found = others.flatMap((other) => ownerOf(own, other) ?? []).at(0);
    if (!found) return [];
    const message = `\`${staging.repository}\` is also where \`${found.image}\` of ${found.file} is pushed`;
    return [{ file, ...staging.at, code: 'bad-staging', severity: 'error', message, hint: pushedStagingHint }];
  });
}

function ownerOf(
  canonical: string,
  { file, images = [] }: StagingOfManifest,
): { file: string; image: string } | undefined {
  const isPushedThere = ({ push, repositories }: (typeof images)[number]): boolean =>
    push && repositories.some((repository) => canonicalRepository(repository) === canonical);
  const owner = images.find(isPushedThere);
  return owner && { file, image: owner.name };
}
