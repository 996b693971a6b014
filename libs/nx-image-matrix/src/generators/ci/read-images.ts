import { posix } from 'node:path';
import { inputFile } from '../../matrix/inputs.ts';
import { imageFolders } from '../../workspace/image-folders.ts';
import { passwordVariables } from '../../repositories/passwords.ts';
import { readLogins, readRepositoryEntries, readStagingEntry } from '../../repositories/repositories.ts';
import { matrixProjectsOf } from '../../workspace/manifests.ts';
import { requireManifests, type GraphWorkspace } from '../../workspace/workspace.ts';
import type { TargetNames } from '../../options/targets.ts';
import type { CiPlan } from './plan.ts';
import { stagingPlan, variablesOf } from './staging-plan.ts';

export interface CiImages {
  facts: Pick<CiPlan, 'targets' | 'shareTask' | 'promote' | 'bases' | 'pushVariables' | 'buildVariables' | 'staging'>;
  /** The variables that builds read, by manifest. */
  buildVariables: ReadonlyMap<string, readonly string[]>;
  hasDevel: boolean;
}

/**
 * The parts of a workspace's manifests that CI needs.
 * @throws Error if there is none, one has errors, or its variables cannot be used in CI.
 */
export function readImages(workspace: GraphWorkspace): CiImages {
  requireManifests(workspace);
  const { root, manifests, optionsOf } = workspace;
  const projects = matrixProjectsOf(workspace.projects);
  const images = [...imageFolders({ projectsConfigurations: workspace }).values()];
  const logins = manifests.flatMap((manifest) => readLogins(root, manifest));
  const passwords = passwordVariables(root, manifests);
  // The password of a registry is not for builds, whatever a manifest says; so pull requests do not get it either.
  const buildVariables = new Map(
    manifests.map((manifest) => {
      const own = images.filter((image) => image.manifest === manifest);
      const names = own.flatMap(({ secrets = [] }) => secrets.map(({ env }) => env));
      return [manifest, unique(names).filter((name) => !passwords.has(name))];
    }),
  );
  const outputOf = (manifest: string): string => posix.join(posix.dirname(manifest), optionsOf(manifest).outputDir);
  const staging = stagingPlan(
    manifests.map((manifest) => ({
      staging: readStagingEntry(root, manifest),
      repositories: readRepositoryEntries(root, manifest),
      output: outputOf(manifest),
      images: images.filter((image) => image.manifest === manifest),
    })),
  );
  const floating = new Set(images.flatMap(({ manifest, floatingTags }) => (floatingTags.length > 0 ? [manifest] : [])));
  const targetsOf = (manifest: string): TargetNames => optionsOf(manifest).targets;
  const taskOf = (manifest: string, target: 'matrix' | 'promote' | 'refresh' | 'explain'): string =>
    `${projects.get(manifest)}:${targetsOf(manifest)[target]}`;
  const namesOf = (target: keyof CiPlan['targets'], of: readonly string[] = manifests): string =>
    unique(of.map((manifest) => targetsOf(manifest)[target])).join();
  const tested = images.flatMap(({ manifest, tests = [] }) => (tests.length > 0 ? [manifest] : []));
  const scanned = images.flatMap(({ manifest, scan }) => (scan ? [manifest] : []));
  return {
    facts: {
      targets: {
        build: namesOf('build'),
        push: namesOf('push'),
        ...(tested.length > 0 && { test: namesOf('test', tested) }),
        ...(scanned.length > 0 && { scan: namesOf('scan', scanned) }),
      },
      shareTask: taskOf(manifests[0]!, 'matrix'),
      promote: manifests.filter((manifest) => floating.has(manifest)).map((manifest) => taskOf(manifest, 'promote')),
      bases: manifests.map((manifest) => ({
        lock: inputFile(manifest, 'baseLock'),
        output: outputOf(manifest),
        refresh: taskOf(manifest, 'refresh'),
        explain: taskOf(manifest, 'explain'),
      })),
      pushVariables: variablesOf(logins),
      buildVariables: unique([...buildVariables.values()].flat()),
      ...(staging && { staging }),
    },
    buildVariables,
    hasDevel: images.some(({ releaseType }) => releaseType === 'devel'),
  };
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
