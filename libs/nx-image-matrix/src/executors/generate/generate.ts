import { posix, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/manifest';
import type { GeneratedImage } from '../../matrix/generate-image.ts';
import { hasErrors, readMatrices, type Matrices } from '../../matrix/read-matrices.ts';
import { writeImage } from '../../matrix/write-image.ts';
import { pluginOptions } from '../../workspace/image-folders.ts';
import { resolveOptions } from '../../workspace/options.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import type { TaskOutcome } from '../batch.ts';

/** Options of the `generate` executor; the plugin fills them in. */
export interface GenerateOptions {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Digest of the files as they were rendered when the graph was made. */
  digest: string;
}

export interface GenerateTask extends GenerateOptions {
  project: string;
}

/** Renders the images of the given tasks and writes what is not on disk yet. Every task has an outcome. */
export function* generateImages(
  tasks: readonly GenerateTask[],
  context: Pick<ExecutorContext, 'root' | 'nxJsonConfiguration'>,
): Generator<[project: string, outcome: TaskOutcome]> {
  const wanted = new Set(tasks.map(({ project }) => project));
  const matrices = readMatrices(
    context.root,
    [...new Set(tasks.map(({ manifest }) => manifest))],
    resolveOptions(pluginOptions(context.nxJsonConfiguration ?? {})),
    process.env,
    (name) => wanted.has(name),
  );
  if (hasErrors(matrices.diagnostics)) {
    const output = describeProblems(context.root, matrices);
    for (const task of tasks) yield [task.project, { success: false, output }];
    return;
  }
  if (matrices.diagnostics.length > 0) console.warn(describeProblems(context.root, matrices));
  const images = new Map(
    matrices.matrices.flatMap(({ contextDir, images: generated }) =>
      generated.map((image) => [image.image.name, { contextDir, generated: image }] as const),
    ),
  );
  for (const task of tasks) {
    const found = images.get(task.project);
    yield [task.project, found ? writeOne(context.root, found.contextDir, found.generated, task) : vanished(task)];
  }
}

function writeOne(root: string, contextDir: string, generated: GeneratedImage, task: GenerateTask): TaskOutcome {
  if (generated.digest !== task.digest) return vanished(task);
  const folder = posix.join(contextDir, generated.image.dir);
  try {
    const written = writeImage(join(root, folder), generated.files);
    const output = written.length === 0 ? `${folder} is up to date` : `${folder}: wrote ${written.join(', ')}`;
    return { success: true, output };
  } catch (error) {
    return { success: false, output: (error as Error).message };
  }
}

/** Nothing is written then: Nx would store it under the digest of something else. */
function vanished({ project, manifest }: GenerateTask): TaskOutcome {
  const output =
    `${project}: ${manifest}, a template or IMAGE_VERSION is not what it was when Nx made its project graph. ` +
    'Run the command again; if it says so once more, run "nx reset" first.';
  return { success: false, output };
}

function describeProblems(root: string, { diagnostics, dockerfiles }: Matrices): string {
  return formatDiagnostics(diagnostics, sourceReader(root, dockerfiles));
}
