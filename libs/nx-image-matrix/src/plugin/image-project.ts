import { posix } from 'node:path';
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { ImageFacts } from '../matrix/generate-image.ts';
import type { ImageMetadata } from '../types.ts';
import { imageInputs, inWorkspace, testsInput, type ImageInputsContext } from './image-inputs.ts';
import { targetsOf, type TargetKey, type TargetNames } from '../options/targets.ts';
import type { Producer } from '../workspace/outputs.ts';
import { targetConfiguration } from './target-configuration.ts';

export interface ImageProjectContext extends ImageInputsContext {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  targets: TargetNames;
  /** Project names of the images that its Dockerfile names. */
  parents: string[];
  /** Those and all their ancestors. */
  ancestors: string[];
  upToDate: boolean;
  /** Whether the path of its files contains a symbolic link. */
  linked: boolean;
  /** Whether its folder contains obsolete files. */
  dropped: boolean;
  /** Globs, relative to the workspace, that the image depends on while its files on disk are not up to date. */
  staleInputs: string[];
  /** Targets of other projects that create files it copies. */
  producers: Producer[];
  /** Globs, relative to the workspace, of what such targets create for it or for its ancestors. */
  producedInputs: readonly string[];
  /** Globs, relative to the workspace, of its test files and of what they render. */
  testInputs: readonly string[];
  /** Whether its push needs its tests to have passed. */
  testBeforePush: boolean;
}

/** Images do not depend on lock files and packages of the workspace. */
const noPackages = { externalDependencies: [] };

/** The Nx project of one image. */
export function imageProject(generated: ImageFacts, context: ImageProjectContext): ProjectConfiguration {
  const { image } = generated;
  const root = posix.join(context.contextDir, image.dir);
  const { image: inputs, imageBuild } = imageInputs(generated, context);
  const targets = imageTargets(generated, context);
  return {
    name: image.name,
    root,
    projectType: 'application',
    tags: image.nxTags,
    implicitDependencies: [...new Set([...context.parents, ...context.producers.map(({ project }) => project)])],
    // Thousands of lists that no target reads would slow down every command.
    namedInputs: { image: inputs, ...(imageBuild && { imageBuild }) },
    targets,
    metadata: {
      technologies: ['docker'],
      description: describe(generated),
      targetGroups: { Docker: Object.keys(targets) },
      image: imageMetadata(generated, context.upToDate),
    } as ProjectConfiguration['metadata'],
  };
}

function imageMetadata(generated: ImageFacts, upToDate: boolean): ImageMetadata {
  return { ...generated.document, upToDate };
}

/** The targets of an image from the table, with their individual settings. */
function imageTargets(generated: ImageFacts, context: ImageProjectContext): Record<string, TargetConfiguration> {
  const { image } = generated;
  const inputs = imageTargetInputs(context);
  const about = { project: image.name, subject: image.reference, names: context.targets, inputs };
  const targets: Record<string, TargetConfiguration> = {};
  for (const entry of targetsOfImages) {
    const [key, { only }] = entry;
    if (only?.(image) === false) continue;
    const own = targetConfiguration(entry, about);
    targets[context.targets[key]] = special[key]?.(own, generated, context) ?? own;
  }
  return targets;
}

const targetsOfImages = targetsOf('image');

type Special = (own: TargetConfiguration, generated: ImageFacts, context: ImageProjectContext) => TargetConfiguration;

/** The settings of a target that the table does not have. */
const special: Partial<Record<TargetKey, Special>> = {
  generate: generateTarget,
  build: buildTarget,
  test: testTarget,
  push: pushTarget,
};

function generateTarget(
  own: TargetConfiguration,
  generated: ImageFacts,
  { manifest, contextDir, linked, dropped }: ImageProjectContext,
): TargetConfiguration {
  const root = posix.join(contextDir, generated.image.dir);
  const quotable = literalGlob(root) === root;
  return {
    ...own,
    // Nx treats outputs as globs, including the project's root: from a folder with such characters it would store
    // nothing, and a cached task would restore nothing. It would also restore them through links, which the executor
    // rejects, and keep what the executor removes.
    cache: quotable && !linked && !dropped,
    inputs: [noPackages],
    outputs: quotable ? generated.files.map(({ path }) => `{projectRoot}/${literalGlob(path)}`) : [],
    options: { manifest, digest: generated.digest },
  };
}

function buildTarget(
  own: TargetConfiguration,
  _: ImageFacts,
  { targets, parents, producers }: ImageProjectContext,
): TargetConfiguration {
  return {
    ...own,
    dependsOn: [
      ...(own.dependsOn ?? []),
      ...(parents.length > 0 ? [{ projects: parents, target: targets.build }] : []),
      ...producers.map(({ project, target }) => ({ projects: [project], target })),
    ],
  };
}

function testTarget(
  own: TargetConfiguration,
  generated: ImageFacts,
  context: ImageProjectContext,
): TargetConfiguration {
  const { testInputs } = context;
  return {
    ...own,
    inputs: [...(own.inputs ?? []), ...testsInput(generated, context), ...testInputs.map(inWorkspace)],
  };
}

function pushTarget(
  own: TargetConfiguration,
  { image }: ImageFacts,
  { targets, testBeforePush }: ImageProjectContext,
): TargetConfiguration {
  if (!testBeforePush || image.tests.length === 0) return own;
  return { ...own, dependsOn: [...(own.dependsOn ?? []), targets.test] };
}

/**
 * The inputs of an image. Names files and projects explicitly: `^image` fails if a dependency has no such input, and a
 * fileset of the project root fails the whole run if git tracks nothing in it.
 */
function imageTargetInputs({
  ancestors,
  staleInputs,
  producedInputs,
}: ImageProjectContext): TargetConfiguration['inputs'] {
  return [
    'image',
    ...(ancestors.length > 0 ? [{ input: 'imageBuild', projects: ancestors }] : []),
    ...staleInputs.map(inWorkspace),
    // If Nx selects tasks, a task that depends on another is not selected with it, but one that reads its outputs is.
    ...producedInputs.map((glob) => ({ dependentTasksOutputFiles: glob, transitive: true })),
    noPackages,
  ];
}

function describe({ image }: ImageFacts): string {
  const cuda = image.cuda ? `, CUDA ${image.cuda}` : '';
  const args = image.axes.filter(({ arg }) => arg).map(({ axis, value }) => `, ${axis} ${value}`);
  return `${image.package} ${image.releaseType} on ${image.distro.name} ${image.distro.version}${cuda}${args.join('')}`;
}
