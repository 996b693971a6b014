import { posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import type { Matrix } from '../matrix/read-matrices.ts';
import type { ResolvedOptions } from '../workspace/options.ts';

/** The Nx project of a manifest itself; its root is the output folder. */
export function matrixProject(matrix: Matrix, options: ResolvedOptions): ProjectConfiguration {
  const name = matrixProjectName(matrix.contextDir);
  const { matrix: target, promote } = options.targets;
  return {
    name,
    root: posix.join(matrix.contextDir, options.outputDir),
    projectType: 'application',
    targets: {
      [target]: {
        executor: 'nx-image-matrix:matrix',
        inputs: [`{workspaceRoot}/${matrix.file}`, { externalDependencies: [] }],
        options: { manifest: matrix.file },
        syncGenerators: ['nx-image-matrix:sync'],
        metadata: {
          technologies: ['docker'],
          description: `Shows all images of ${matrix.file} as a table`,
          help: { command: `npx nx run ${name}:${target} --help`, example: { options: { json: true } } },
        },
      },
      [promote]: {
        executor: 'nx-image-matrix:promote',
        inputs: [`{workspaceRoot}/${matrix.file}`, { externalDependencies: [] }],
        options: { manifest: matrix.file },
        metadata: {
          technologies: ['docker'],
          description: `Moves the floating tags of ${matrix.file} to the images that have been pushed`,
          help: { command: `npx nx run ${name}:${promote} --help`, example: { options: { dryRun: true } } },
        },
      },
    },
    metadata: {
      technologies: ['docker'],
      description: `The image matrix of ${matrix.file}`,
      targetGroups: { Docker: [target, promote] },
    },
  };
}

/** `images` at the workspace root, `<folder>-images` below. */
export function matrixProjectName(contextDir: string): string {
  return contextDir === '' ? 'images' : `${contextDir.replaceAll('/', '-')}-images`;
}
