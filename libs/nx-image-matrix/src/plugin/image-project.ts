import { posix } from 'node:path';
import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { ImageFacts } from '../matrix/generate-image.ts';
import type { ImageMetadata } from '../types.ts';
import { imageInputs, inWorkspace, type ImageInputsContext } from './image-inputs.ts';
import { targetsOf, type TargetKey, type TargetNames } from '../options/targets.ts';
import type { Producer } from '../workspace/outputs.ts';
import { targetConfiguration } from './target-configuration.ts';

export interface ImageProjectContext extends ImageInputsContext {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  targets: TargetNames;
  /** Project names of the images that its Dockerfile names. */
  parents: string[];
  /** Those, what they start FROM, and so on. */
  ancestors: string[];
  upToDate: boolean;
  /** Whether a symbolic link is on the way to its files. */
  linked: boolean;
  /** Whether files lie in its folder that no template makes any more. */
  dropped: boolean;
  /** Globs, relative to the workspace, that the image depends on as long as files on disk are not up to date. */
  staleInputs: string[];
  /** Targets of other projects that make files which it copies. */
  producers: Producer[];
  /** Globs, relative to the workspace, of what such targets make for it or for what it starts FROM. */
  producedInputs: readonly string[];
}

/** Lock files and packages of the workspace have nothing to do with an image. */
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
    // Thousands of lists that no target reads would slow every command down.
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

/** The targets of an image, as the table has them, with what only one of them has. */
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

/** What a target has that does not follow from the table. */
const special: Partial<Record<TargetKey, Special>> = { generate: generateTarget, build: buildTarget };

function generateTarget(
  own: TargetConfiguration,
  generated: ImageFacts,
  { manifest, contextDir, linked, dropped }: ImageProjectContext,
): TargetConfiguration {
  const root = posix.join(contextDir, generated.image.dir);
  const quotable = literalGlob(root) === root;
  return {
    ...own,
    // Nx takes outputs for globs, the project's root included: from a folder with such a sign it would keep nothing, and
    // a task that comes from its cache would write nothing.
    // It would also put them back through links, which the executor refuses to, and leave what the executor removes.
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

/**
 * What makes an image count as changed. Explicit files and explicit projects: `^image` fails when a dependency has no
 * such input, and a fileset of the project root fails the whole run when git tracks nothing in it.
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
    // Where Nx selects tasks, one that depends on another is not selected with it, but one that reads its outputs is.
    ...producedInputs.map((glob) => ({ dependentTasksOutputFiles: glob, transitive: true })),
    noPackages,
  ];
}

function describe({ image }: ImageFacts): string {
  const cuda = image.cuda ? `, CUDA ${image.cuda}` : '';
  const args = image.axes.filter(({ arg }) => arg).map(({ axis, value }) => `, ${axis} ${value}`);
  return `${image.package} ${image.releaseType} on ${image.distro.name} ${image.distro.version}${cuda}${args.join('')}`;
}
