import { CodedError } from '@nx-image-matrix/diagnostics';
import { canonicalRepository } from '@nx-image-matrix/manifest/reference';
import type { FillTag } from '../run-tags.ts';

/** The tags of an image, and where they are pushed. */
interface Pushed {
  project: string;
  /** Repositories without a tag. */
  repositories: readonly string[];
  /** As `image.json` has them. */
  tags: readonly string[];
}

/**
 * By project, why an image is not pushed: another image of the run has the same reference once the values of the run are
 * in the tags, such as a branch with the name of a version. Equal tags of the manifest have been reported before.
 */
export function clashes(pushes: readonly Pushed[], fill: FillTag): Map<string, CodedError> {
  const owners = new Map<string, Owners>();
  for (const { project, repositories, tags } of pushes) {
    const filled = tags.flatMap((tag) => attempt(fill, tag));
    for (const repository of repositories) {
      for (const tag of filled) {
        const key = `${canonicalRepository(repository)}:${tag}`;
        const { reference, projects } = owners.get(key) ?? { reference: `${repository}:${tag}`, projects: new Set() };
        owners.set(key, { reference, projects: projects.add(project) });
      }
    }
  }
  const found = new Map<string, CodedError>();
  for (const { reference, projects } of owners.values()) {
    if (projects.size < 2) continue;
    const error = new CodedError(
      'duplicate-tag',
      `\`${reference}\` would be pushed for ${[...projects].join(' and ')}`,
      { hint: 'add what tells them apart to the tag, or a word before what the run fills in' },
    );
    for (const project of projects) if (!found.has(project)) found.set(project, error);
  }
  return found;
}

interface Owners {
  /** As it is first written. */
  reference: string;
  projects: Set<string>;
}

/** The push itself reports a tag that cannot be filled in. */
function attempt(fill: FillTag, tag: string): string[] {
  try {
    return [fill(tag)];
  } catch {
    return [];
  }
}
