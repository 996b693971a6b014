import type { ExecutorContext } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/manifest';
import { imageStates, type ImageState } from '../../matrix/image-states.ts';
import { hasErrors, readMatrices, type Matrices } from '../../matrix/read-matrices.ts';
import type { ImageMetadata } from '../../types.ts';
import { imageFolders, pluginOptions } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import { formatTable } from '../table.ts';
import { printChunk, type ChunkOptions } from './print-chunk.ts';

/** Options of the `matrix` executor. */
export interface MatrixOptions extends Partial<ChunkOptions> {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Print JSON instead of a table. */
  json?: boolean;
}

interface Row extends ImageMetadata {
  project: string;
  root: string;
}

/** Prints every image of a manifest, and what there is to be warned of. */
export async function matrix(options: MatrixOptions, context: ExecutorContext): Promise<{ success: boolean }> {
  if (options.chunk !== undefined) {
    printChunk({ ...options, chunk: options.chunk }, context);
    return { success: true };
  }
  const rows = [...imageFolders(context).values()]
    .filter((folder) => folder.manifest === options.manifest)
    .map(({ project, root }): Row => ({ project, root, ...imageOf(context, project) }))
    .sort((a, b) => a.root.localeCompare(b.root, 'en', { numeric: true }));
  if (options.json) {
    console.log(JSON.stringify(rows, null, 2));
    return { success: true };
  }
  console.log(table(rows));
  const matrices = readMatrices(
    context.root,
    [options.manifest],
    resolveOptions(pluginOptions(context.nxJsonConfiguration)),
    process.env,
    () => true,
  );
  const states = imageStates(context.root, context.nxJsonConfiguration, matrices);
  for (const warning of warningsOf(context.root, matrices, [...states.values()])) console.warn(`\n${warning}`);
  return { success: !hasErrors(matrices.diagnostics) };
}

function imageOf(context: ExecutorContext, project: string): ImageMetadata {
  const { metadata } = context.projectsConfigurations.projects[project]!;
  return (metadata as unknown as { image: ImageMetadata }).image;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.project,
    row.reference,
    row.from,
    row.tags.slice(1).join(' ') || '-',
    row.repositories.join(' ') || '-',
    row.upToDate ? 'up to date' : 'stale',
  ]);
  const counts = `${rows.length} images, ${rows.filter(({ upToDate }) => !upToDate).length} with stale files`;
  return `${formatTable(['PROJECT', 'IMAGE', 'FROM', 'MORE TAGS', 'REPOSITORIES', 'FILES'], lines)}\n\n${counts}`;
}

function warningsOf(root: string, { diagnostics, dockerfiles }: Matrices, states: readonly ImageState[]): string[] {
  const found = [...diagnostics, ...states.flatMap(({ warnings }) => warnings)];
  const ignored = states.some((state) => state.ignored);
  return [
    ...(found.length > 0 ? [formatDiagnostics(found, sourceReader(root, dockerfiles))] : []),
    ...(ignored
      ? [
          'git ignores the generated files. Images then count as stale, and "nx affected" goes by manifest and templates.',
        ]
      : []),
  ];
}
