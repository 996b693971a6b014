import type { ExecutorContext } from '@nx/devkit';
import { imageFolders, pluginOptions } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import { imagesOfEngine } from './engine-images.ts';
import { filterByTags } from './filter.ts';
import { imagesOf } from './images.ts';
import { withBuildStates } from './rows.ts';
import { printChunk, type ChunkOptions } from './print-chunk.ts';
import { matrixTable } from './table.ts';
import { matrixWarnings } from './warnings.ts';

/** Options of the `matrix` executor. */
export interface MatrixOptions extends Partial<ChunkOptions> {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Print JSON instead of a table. */
  json?: boolean;
  /** Nx tags of the images to show. */
  tag?: string[] | string;
}

/** Shows every image of a manifest, and what there is to be warned of. */
export async function matrix(options: MatrixOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  if (options.chunk !== undefined) {
    printChunk({ ...options, chunk: options.chunk }, context);
    return { success: true };
  }
  const settings = resolveOptions(pluginOptions(context.nxJsonConfiguration));
  const all = imagesOf(options.manifest, context).map((image) => ({ ...image, nxTags: image.row.nxTags }));
  const { kept, problem } = filterByTags(all, [options.tag ?? []].flat());
  if (problem !== undefined) {
    console.error(problem);
    return { success: false };
  }
  const { rows } = await withBuildStates(context.root, kept, imageFolders(context), (references) =>
    imagesOfEngine(settings.engine, references),
  );
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return { success: true };
  }
  console.log(matrixTable(rows));
  const { warnings, failed } = matrixWarnings(options.manifest, settings, context);
  for (const warning of warnings) console.warn(`\n${warning}`);
  return { success: !failed };
}
