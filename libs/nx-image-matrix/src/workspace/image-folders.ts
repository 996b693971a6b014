import { posix } from 'node:path';
import type { ProjectConfiguration, ProjectsConfigurations } from '@nx/devkit';
import { executorOf } from '../options/targets.ts';
import { imageMetadata } from './image-metadata.ts';
import type { ImageMetadata } from '../types.ts';

/** The document of an image, and its data in the project graph. Paths are relative to the workspace, with `/`. */
export interface ImageFolder extends ImageMetadata {
  project: string;
  /** Folder of its generated files. */
  root: string;
  /** Nx tags of the project, including those of its `project.json`. */
  nxTags: string[];
  /** Project names of the images that its Dockerfile names. */
  parents: string[];
  /** Whether it has a push target; `base` images have none by default. */
  pushes: boolean;
  /** The build context: the manifest's folder, empty for the workspace root. */
  contextDir: string;
  /** Digest of its files as rendered for the project graph. */
  digest?: string;
}

/** All images of the project graph, by project name. */
export function imageFolders({
  projectsConfigurations: { projects },
}: {
  projectsConfigurations: Pick<ProjectsConfigurations, 'projects'>;
}): Map<string, ImageFolder> {
  const isImage = (project: string): boolean => imageMetadata(projects[project] ?? {}) !== undefined;
  const folders = new Map<string, ImageFolder>();
  for (const [project, configuration] of Object.entries(projects)) {
    const folder = imageFolder(project, configuration, isImage);
    if (folder) folders.set(project, folder);
  }
  return folders;
}

function imageFolder(
  project: string,
  configuration: ProjectConfiguration,
  isImage: (project: string) => boolean,
): ImageFolder | undefined {
  const image = imageMetadata(configuration);
  const targets = Object.values(configuration.targets ?? {});
  const generate = targets.find(({ executor }) => executor === executorOf('generate'));
  const { manifest, digest }: { manifest?: unknown; digest?: unknown } = generate?.options ?? {};
  if (!image || typeof manifest !== 'string') return undefined;
  const folder = posix.dirname(manifest);
  return {
    project,
    root: configuration.root,
    ...image,
    manifest,
    nxTags: configuration.tags ?? [],
    parents: (configuration.implicitDependencies ?? []).filter(isImage),
    pushes: targets.some(({ executor }) => executor === executorOf('push')),
    contextDir: folder === '.' ? '' : folder,
    ...(typeof digest === 'string' && { digest }),
  };
}
