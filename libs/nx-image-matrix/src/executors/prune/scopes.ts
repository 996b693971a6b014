import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import type { Image, Retention } from '@nx-image-matrix/manifest';
import { canonicalRepository } from '@nx-image-matrix/manifest/reference';
import { hasErrors } from '../../matrix/has-errors.ts';
import { imagesOf, type ManifestImages } from '../../matrix/images-of.ts';
import {
  chooseRepositories,
  readRepositoryEntries,
  readRetention,
  type ActiveRepository,
  type RepositoryChoice,
} from '../../repositories/repositories.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import type { FillTag } from '../run-tags.ts';
import type { RetentionRules } from './old-tags.ts';
import { ANY_VERSION, tagPatterns, type Owner } from './owners.ts';

/** A repository to prune. */
export interface RetentionScope {
  target: ActiveRepository;
  rules: RetentionRules;
  /** Times that images of the workspace are built with on purpose, in milliseconds. */
  fixedTimes: ReadonlySet<number>;
}

/** The repositories of a manifest's `retention`. */
export interface RetentionScopes {
  scopes: RetentionScope[];
  /** Repositories that are skipped, and release types without any, in words. */
  notes: string[];
  problems: string[];
}

/** An image with what its tags look like in all versions. */
interface PushedImage extends Owner {
  pushed: Image;
}

/**
 * The repositories of the release types that `retention` of a manifest has, and no others.
 * @throws Error with all diagnostics if a manifest has errors
 */
export function retentionScopes(workspace: Workspace, manifest: string, fill: FillTag): RetentionScopes {
  const retention = readRetention(workspace.root, manifest);
  const images = pushedImages(workspace);
  const entries = readRepositoryEntries(workspace.root, manifest);
  const found: RetentionScopes = { scopes: [], notes: [], problems: [] };
  const types = new Map<string, { target: ActiveRepository; retention: Map<string, Retention> }>();
  const skipped = new Set<string>();
  for (const [type, rule] of retention) {
    const own = images.filter((image) => image.manifest === manifest && image.releaseType === type);
    const choices = own.map(({ pushed }) => chooseRepositories(pushed, entries, process.env));
    if (choices.every(isEmpty)) found.notes.push(`no image of the release type ${type} is pushed to a repository`);
    for (const choice of choices) {
      for (const problem of choice.problems) if (!found.problems.includes(problem)) found.problems.push(problem);
      for (const { repository, reason } of choice.skipped) skipped.add(`skipped ${repository}: ${reason}`);
      for (const target of choice.active) {
        const known = types.get(target.repository) ?? {
          target,
          retention: new Map<string, Retention>(),
        };
        types.set(target.repository, known);
        known.retention.set(type, rule);
      }
    }
  }
  found.notes.push(...skipped);
  const fixedTimes = fixedTimesOf(images);
  for (const { target, retention: rules } of types.values()) {
    const sharing = images.filter(({ pushed }) => isPushedTo(pushed, target.repository));
    const filled = (tags: (image: Image) => string[]): Set<string> =>
      new Set(sharing.flatMap(({ pushed }) => tags(pushed).map(fill)));
    const floating = filled(({ floatingTags }) => floatingTags);
    const pushed = filled(({ tags }) => tags);
    found.scopes.push({
      target,
      rules: { manifest, retention: rules, owners: sharing, floating, pushed },
      fixedTimes,
    });
  }
  return found;
}

function isEmpty({ active, skipped, problems }: RepositoryChoice): boolean {
  return active.length + skipped.length + problems.length === 0;
}

function isPushedTo({ repositories }: Image, repository: string): boolean {
  return repositories.some((one) => canonicalRepository(one) === canonicalRepository(repository));
}

/** The pushed images of all manifests: several may share a repository. */
function pushedImages(workspace: Workspace): PushedImage[] {
  const environment = { ...workspace.environment, IMAGE_VERSION: ANY_VERSION };
  const ofAnyVersion = new Map(
    imagesOf({ ...workspace, environment }).flatMap(({ images = [] }) => images.map((image) => [image.name, image])),
  );
  return readImages(workspace).flatMap(({ file, unversioned, images = [] }) =>
    images
      .filter(({ push }) => push)
      .map((pushed): PushedImage => {
        // Tags may not be of any version, such as one that looks for a part of it.
        const patterns = tagPatterns(ofAnyVersion.get(pushed.name) ?? pushed);
        return {
          image: pushed.name,
          manifest: file,
          releaseType: pushed.releaseType,
          patterns: [...patterns, ...tagPatterns(pushed)],
          isUnversioned: unversioned,
          pushed,
        };
      }),
  );
}

/** The images of all manifests. @throws Error with all diagnostics if one has errors */
function readImages(workspace: Workspace): ManifestImages[] {
  const manifests = imagesOf(workspace);
  const diagnostics = manifests.flatMap((one) => one.diagnostics);
  if (!hasErrors(diagnostics)) return manifests;
  throw new Error(formatDiagnostics(diagnostics, sourceReader(workspace.root, new Map())));
}

function fixedTimesOf(images: readonly PushedImage[]): Set<number> {
  return new Set(images.flatMap(({ pushed }) => (pushed.reproducible ? [pushed.reproducible.epoch * 1000] : [])));
}
