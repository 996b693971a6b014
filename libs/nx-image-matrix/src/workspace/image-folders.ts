import { posix } from 'node:path';
import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { executorOf } from '../options/targets.ts';
import { imageMetadata } from './image-metadata.ts';
import type { ImageMetadata } from '../types.ts';

/** Where an image of the project graph lies. Paths are relative to the workspace, with `/`. */
export interface ImageFolder {
  project: string;
  root: string;
  manifest: string;
  /** The build context: the manifest's folder, empty for the workspace root. */
  contextDir: string;
  reference: string;
  /** Generated files, relative to `root`. */
  files: string[];
  /** Digest of those files as they were rendered when the graph was made. */
  digest?: string;
  /** Build secrets, by name. */
  secrets: NonNullable<ImageMetadata['secrets']>;
}

/** All images of the project graph, by project name. */
export function imageFolders(context: Pick<ExecutorContext, 'projectsConfigurations'>): Map<string, ImageFolder> {
  const folders = new Map<string, ImageFolder>();
  for (const [project, configuration] of Object.entries(context.projectsConfigurations.projects)) {
    const folder = imageFolder(project, configuration);
    if (folder) folders.set(project, folder);
  }
  return folders;
}

function imageFolder(project: string, configuration: ProjectConfiguration): ImageFolder | undefined {
  const image = imageMetadata(configuration);
  const generate = Object.values(configuration.targets ?? {}).find(
    ({ executor }) => executor === executorOf('generate'),
  );
  const { manifest, digest }: { manifest?: unknown; digest?: unknown } = generate?.options ?? {};
  if (!image || typeof manifest !== 'string') return undefined;
  const folder = posix.dirname(manifest);
  return {
    project,
    root: configuration.root,
    manifest,
    contextDir: folder === '.' ? '' : folder,
    reference: image.reference,
    files: image.files,
    ...(typeof digest === 'string' && { digest }),
    secrets: image.secrets ?? [],
  };
}
