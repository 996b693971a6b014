import { posix } from 'node:path';
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { Matrix } from '../matrix/matrix.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { targetsOf } from '../options/targets.ts';
import { isManifestFolder } from '../workspace/manifests.ts';
import { inWorkspace } from './image-inputs.ts';
import { targetConfiguration } from './target-configuration.ts';

/** The Nx project of a manifest itself; its root is the output folder. */
export function matrixProject(matrix: Matrix, options: ResolvedOptions): ProjectConfiguration {
  const name = matrixProjectName(matrix.contextDir);
  const subject = matrix.file;
  const main = isManifestFolder(matrix.file) ? [] : [literalGlob(matrix.file)];
  const files = [...main, ...matrix.parts.inputs];
  const inputs = [...files.map(inWorkspace), { externalDependencies: [] }];
  const targets = Object.fromEntries(
    targetsOf('manifest').map((entry): [string, TargetConfiguration] => {
      const own = targetConfiguration(entry, { project: name, subject, names: options.targets, inputs });
      return [options.targets[entry[0]], { ...own, options: { manifest: matrix.file } }];
    }),
  );
  return {
    name,
    root: posix.join(matrix.contextDir, options.outputDir),
    projectType: 'application',
    targets,
    metadata: {
      technologies: ['docker'],
      description: `The image matrix of ${matrix.file}`,
      targetGroups: { Docker: Object.keys(targets) },
    },
  };
}

/** `images` at the workspace root, `<folder>-images` below. */
export function matrixProjectName(contextDir: string): string {
  return contextDir === '' ? 'images' : `${contextDir.replaceAll('/', '-')}-images`;
}
