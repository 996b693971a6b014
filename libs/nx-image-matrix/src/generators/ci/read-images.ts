import type { ProjectGraph } from '@nx/devkit';
import { passwordVariables } from '../../repositories/passwords.ts';
import { readRepositoryEntries } from '../../repositories/repositories.ts';
import type { ImageMetadata } from '../../types.ts';
import { matrixProjectsOf } from '../../workspace/manifests.ts';
import type { CiPlan } from './plan.ts';

export interface CiImages {
  facts: Pick<CiPlan, 'matrixProjects' | 'promote' | 'pushVariables' | 'buildVariables'>;
  hasDevel: boolean;
}

/**
 * What the manifests of a project graph say of the CI of their workspace; a manifest that `exclude` leaves out has no
 * project there.
 * @throws Error when there is none, or one has errors.
 */
export function readImages(workspaceRoot: string, graph: Pick<ProjectGraph, 'nodes'>): CiImages {
  const projects = matrixProjectsOf(graph);
  const manifests = [...projects.keys()].sort();
  if (manifests.length === 0) {
    throw new Error('There is no manifest.yml with "packages" and "releases" in this workspace.');
  }
  const images = imagesOf(graph);
  const entries = manifests.flatMap((manifest) => readRepositoryEntries(workspaceRoot, manifest));
  const passwords = passwordVariables(workspaceRoot, manifests);
  const secrets = images.flatMap(({ image }) => (image.secrets ?? []).map(({ env }) => env));
  const floating = new Set(images.flatMap(({ manifest, image }) => (image.floatingTags.length > 0 ? [manifest] : [])));
  const projectsOf = (names: readonly string[]): string[] => names.flatMap((name) => projects.get(name) ?? []);
  return {
    facts: {
      matrixProjects: projectsOf(manifests),
      promote: projectsOf(manifests.filter((manifest) => floating.has(manifest))),
      pushVariables: unique(entries.flatMap(({ onlyIf, user, password }) => [onlyIf, user, password])),
      // The password of a registry is not for builds, whatever a manifest says, so pull requests do not get it either.
      buildVariables: unique(secrets).filter((name) => !passwords.has(name)),
    },
    hasDevel: images.some(({ image }) => image.releaseType === 'devel'),
  };
}

function imagesOf({ nodes }: Pick<ProjectGraph, 'nodes'>): { manifest: string; image: ImageMetadata }[] {
  return Object.values(nodes).flatMap(({ data }) => {
    const { image } = (data.metadata ?? {}) as { image?: ImageMetadata };
    const generate = Object.values(data.targets ?? {}).find(({ executor }) => executor === 'nx-image-matrix:generate');
    const manifest: unknown = generate?.options?.manifest;
    return image && typeof manifest === 'string' ? [{ manifest, image }] : [];
  });
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
