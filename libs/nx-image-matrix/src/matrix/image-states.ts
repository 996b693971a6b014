import { posix } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/manifest';
import { gitIgnored } from '../workspace/git.ts';
import { createProducerFinder, type Producer } from '../workspace/producers.ts';
import type { ImageFacts } from './generate-image.ts';
import { isOnDisk } from './on-disk.ts';
import type { Matrix } from './read-matrices.ts';

/** What is known of an image beside its rendering. */
export interface ImageState {
  /** Whether the files on disk are the rendered ones. */
  upToDate: boolean;
  /** Whether git ignores the generated files, so that no commit says what they were. */
  ignored: boolean;
  /** Patterns, relative to the workspace, that an image depends on until its files on disk are up to date. */
  staleInputs: string[];
  /** Targets of other projects that make files which it copies. */
  producers: Producer[];
  warnings: Diagnostic[];
}

/** The state of every image, by project name. Asks git one question, reads generated files, writes nothing. */
export function imageStates(
  workspaceRoot: string,
  nxJson: NxJsonConfiguration,
  matrices: readonly Matrix[],
): Map<string, ImageState> {
  const findProducer = createProducerFinder(workspaceRoot, nxJson.targetDefaults);
  const ignored = ignoredPaths(workspaceRoot, matrices);
  const states = new Map<string, ImageState>();
  for (const matrix of matrices) {
    for (const generated of matrix.images) {
      states.set(generated.image.name, imageState(workspaceRoot, matrix, generated, ignored, findProducer));
    }
  }
  return states;
}

function imageState(
  workspaceRoot: string,
  matrix: Matrix,
  generated: ImageFacts,
  ignoredSet: ReadonlySet<string>,
  findProducer: (path: string) => Producer | undefined,
): ImageState {
  const root = posix.join(matrix.contextDir, generated.image.dir);
  const upToDate = isOnDisk(posix.join(workspaceRoot, root), generated.files);
  const ignored = ignoredSet.has(posix.join(root, 'image.json'));
  const producers = new Map<string, Producer>();
  const warnings: Diagnostic[] = [];
  for (const source of literalSources(generated)) {
    const path = posix.join(matrix.contextDir, source.path);
    if (!ignoredSet.has(path) || path.startsWith(`${root}/`)) continue;
    const producer = findProducer(path);
    if (producer) producers.set(`${producer.project}:${producer.target}`, producer);
    else warnings.push(copiesIgnored(`${root}/Dockerfile`, path, source));
  }
  const staleInputs = upToDate && !ignored ? [] : renderingInputs(matrix, generated);
  return { upToDate, ignored, staleInputs, producers: [...producers.values()], warnings };
}

/** Generated files and copied paths that git ignores: one question for the whole workspace. */
function ignoredPaths(workspaceRoot: string, matrices: readonly Matrix[]): Set<string> {
  const paths = new Set<string>();
  for (const { contextDir, images } of matrices) {
    for (const generated of images) {
      paths.add(posix.join(contextDir, generated.image.dir, 'image.json'));
      for (const { path } of literalSources(generated)) paths.add(posix.join(contextDir, path));
    }
  }
  return gitIgnored(workspaceRoot, [...paths]);
}

function literalSources({ sources }: ImageFacts): ImageFacts['sources'] {
  return sources.filter(({ path, unresolved }) => path !== '' && !unresolved);
}

function renderingInputs(matrix: Matrix, { templates }: ImageFacts): string[] {
  const inContext = [...templates, '.dockerignore'].map((path) => posix.join(matrix.contextDir, path));
  return [matrix.file, ...inContext];
}

function copiesIgnored(file: string, path: string, { line, column }: { line: number; column: number }): Diagnostic {
  return {
    code: 'copies-ignored-file',
    severity: 'warning',
    file,
    line,
    column,
    message: `"${path}" is copied, but git ignores it and no target is known to make it, so "nx affected" does not see it change.`,
    hint: 'Commit it, or declare it among the outputs of the target that makes it.',
  };
}
