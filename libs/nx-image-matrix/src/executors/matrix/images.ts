import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { executorOf } from '../../options/targets.ts';
import { imageMetadata } from '../../workspace/image-metadata.ts';
import type { ImageMetadata } from '../../types.ts';
import { imageFolders, type ImageFolder } from '../../workspace/image-folders.ts';

/** One image as the project graph knows it. */
export interface ImageRow extends ImageMetadata {
  project: string;
  /** Workspace-relative folder of its generated files. */
  root: string;
  /** Nx tags of the project, those of its `project.json` included. */
  nxTags: string[];
  /** Project names of the images that its Dockerfile names. */
  parents: string[];
  /** Whether it has a push target; `base` images have none by default. */
  pushes: boolean;
}

/** An image row, and where its files are. */
export interface FoundImage {
  row: ImageRow;
  folder: ImageFolder;
}

/** The images of one manifest, sorted by folder, with numbers in the order of numbers. */
export function imagesOf(manifest: string, context: Pick<ExecutorContext, 'projectsConfigurations'>): FoundImage[] {
  const folders = imageFolders(context);
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...folders.values()]
    .filter((folder) => folder.manifest === manifest)
    .flatMap((folder) => {
      const configuration = context.projectsConfigurations.projects[folder.project];
      const image = configuration && imageMetadata(configuration);
      return image ? [{ folder, row: rowOf(folder, image, configuration, folders) }] : [];
    })
    .sort((a, b) => compare(a.row.root, b.row.root));
}

function rowOf(
  { project, root }: ImageFolder,
  image: ImageMetadata,
  { tags, targets, implicitDependencies }: ProjectConfiguration,
  folders: ReadonlyMap<string, ImageFolder>,
): ImageRow {
  return {
    project,
    root,
    ...image,
    nxTags: tags ?? [],
    parents: (implicitDependencies ?? []).filter((name) => folders.has(name)),
    pushes: Object.values(targets ?? {}).some(({ executor }) => executor === executorOf('push')),
  };
}
