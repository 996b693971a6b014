import { posix } from 'node:path';
import type { Tree } from '@nx/devkit';
import { expandImages, formatDiagnostics, isImageMatrix, parseManifest } from '@nx-image-matrix/manifest';
import type { Image, RepositoryEntry } from '@nx-image-matrix/manifest';
import { matrixProjectName } from '../../plugin/matrix-project.ts';
import type { ResolvedOptions } from '../../workspace/options.ts';
import type { CiPlan } from './plan.ts';

export interface CiImages {
  facts: Pick<CiPlan, 'matrixProjects' | 'promote' | 'pushVariables' | 'buildVariables'>;
  hasDevel: boolean;
}

/**
 * What the manifests of a workspace say of its CI.
 * @throws Error when there is none, or one has errors.
 */
export function readImages(tree: Tree, options: ResolvedOptions): CiImages {
  const found = manifestsBelow(tree, '').map((file) => readManifest(tree, file, options));
  if (found.length === 0) throw new Error('There is no manifest.yml with "packages" and "releases" in this workspace.');
  const images = found.flatMap((manifest) => manifest.images);
  return {
    facts: {
      matrixProjects: found.map(({ project }) => project),
      promote: found
        .filter((manifest) => manifest.images.some(({ floatingTags }) => floatingTags.length > 0))
        .map(({ project }) => project),
      pushVariables: unique(
        found.flatMap(({ repositories }) =>
          repositories.flatMap(({ onlyIf, user, password }) => [onlyIf, user, password]),
        ),
      ),
      buildVariables: unique(images.flatMap(({ secrets }) => secrets.map(({ env }) => env))),
    },
    hasDevel: images.some(({ releaseType }) => releaseType === 'devel'),
  };
}

function readManifest(
  tree: Tree,
  file: string,
  options: ResolvedOptions,
): { project: string; images: Image[]; repositories: RepositoryEntry[] } {
  const text = tree.read(file, 'utf8')!;
  const { manifest, diagnostics } = parseManifest(text, file);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (!manifest || errors.length > 0) throw new Error(formatDiagnostics(errors, () => text));
  const { images } = expandImages(manifest, { version: options.version, outputDir: options.outputDir });
  const folder = posix.dirname(file);
  return {
    project: matrixProjectName(folder === '.' ? '' : folder),
    images,
    repositories: manifest.repositories,
  };
}

function manifestsBelow(tree: Tree, folder: string): string[] {
  return tree.children(folder).flatMap((name) => {
    const path = posix.join(folder, name);
    if (!tree.isFile(path))
      return ['node_modules', 'dist', '.git', '.nx'].includes(name) ? [] : manifestsBelow(tree, path);
    return /^manifest\.ya?ml$/.test(name) && isImageMatrix(tree.read(path, 'utf8')!) ? [path] : [];
  });
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
