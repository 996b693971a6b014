import { join } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ExecutorContext } from '@nx/devkit';
import { formatDiagnostics } from '@nx-image-matrix/diagnostics';
import { storedContents, type ImageContents } from '../../matrix/cache/contents.ts';
import { openStore } from '../../matrix/cache/store.ts';
import { generatedImagesOf, type AllMatrices } from '../../matrix/generated-images-of.ts';
import { hasErrors } from '../../matrix/has-errors.ts';
import { writeImage } from '../../matrix/write-image.ts';
import { sourceReader } from '../../workspace/source-reader.ts';
import { workspaceOfRun } from '../../workspace/workspace.ts';
import type { TaskOutcome } from '../task-outcome.ts';

/** Options of the `generate` executor, set by the plugin. */
export interface GenerateOptions {
  /** Workspace-relative path of the manifest. */
  manifest: string;
  /** Digest of the files that were rendered for the project graph. */
  digest: string;
}

export interface GenerateTask extends GenerateOptions {
  project: string;
}

type GenerateContext = Pick<ExecutorContext, 'root' | 'nxJsonConfiguration' | 'projectsConfigurations'>;

/**
 * Writes the missing or stale files of images: those rendered for the project graph if they are stored, else renders
 * them again. Every task has an outcome.
 */
export function* generateImages(
  tasks: readonly GenerateTask[],
  context: GenerateContext,
): Generator<[project: string, outcome: TaskOutcome]> {
  const unknown: GenerateTask[] = [];
  const contents = contentsByManifest(tasks, context.root);
  for (const task of tasks) {
    const found = contents.get(task.manifest)?.(task.digest);
    if (found) yield [task.project, writeOne(context, task, found)];
    else unknown.push(task);
  }
  if (unknown.length > 0) yield* renderAndWrite(unknown, context);
}

function contentsByManifest(
  tasks: readonly GenerateTask[],
  root: string,
): Map<string, ReturnType<typeof storedContents>> {
  const store = openStore(root, process.env);
  const manifests = new Set(tasks.map(({ manifest }) => manifest));
  return new Map([...manifests].map((manifest) => [manifest, storedContents(store, manifest)]));
}

function* renderAndWrite(
  tasks: readonly GenerateTask[],
  context: GenerateContext,
): Generator<[project: string, outcome: TaskOutcome]> {
  const wanted = new Set(tasks.map(({ project }) => project));
  // All manifests, because parents may be in others.
  const matrices = generatedImagesOf(workspaceOfRun(context), { select: (name) => wanted.has(name) });
  if (hasErrors(matrices.diagnostics)) {
    const output = describeProblems(context.root, matrices);
    for (const task of tasks) yield [task.project, { success: false, output }];
    return;
  }
  const images = new Map(
    matrices.matrices.flatMap((matrix) => matrix.images).map((image) => [image.image.name, image]),
  );
  for (const task of tasks) {
    const image = images.get(task.project);
    const outcome = image?.digest === task.digest ? writeOne(context, task, image) : outdated(task);
    yield [task.project, outcome];
  }
}

function writeOne(
  { root, projectsConfigurations }: GenerateContext,
  task: GenerateTask,
  { rendered, warnings }: ImageContents,
): TaskOutcome {
  const folder = projectsConfigurations.projects[task.project]?.root;
  if (folder === undefined) return { success: false, output: `${task.project} is not a project of this workspace.` };
  if (warnings.length > 0) {
    const sources = new Map(rendered.map(({ path, content }) => [`${folder}/${path}`, String(content)]));
    console.warn(formatDiagnostics(warnings, sourceReader(root, sources)));
  }
  try {
    const written = writeImage(root, join(root, folder), rendered);
    const output = written.length === 0 ? `${folder} is up to date` : `${folder}: wrote ${written.join(', ')}`;
    return { success: true, output };
  } catch (error) {
    return { success: false, output: `${task.project}: ${messageOf(error)}` };
  }
}

/** Nothing is written: Nx would cache it under a wrong digest. */
function outdated({ project, manifest }: GenerateTask): TaskOutcome {
  const output =
    `${project}: ${manifest}, a template or IMAGE_VERSION is not what it was when Nx made its project graph. ` +
    'Run the command again; if it says so once more, run "nx reset" first.';
  return { success: false, output };
}

function describeProblems(root: string, { diagnostics, dockerfiles }: AllMatrices): string {
  return formatDiagnostics(diagnostics, sourceReader(root, dockerfiles));
}
