import { join, posix } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Diagnostic } from '@nx-image-matrix/manifest';
import { gitIgnored } from '../workspace/git.ts';
import { createProducerFinder, type Producer } from '../workspace/producers.ts';
import { excludedInputs } from './excluded-inputs.ts';
import type { ImageFacts } from './generate-image.ts';
import { createFolderFinder, isOnDisk, otherFiles } from './on-disk.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { reachableTemplates } from './reachable-templates.ts';
import type { Matrices, Matrix, MatrixSources } from './read-matrices.ts';

/** What is known of an image beside its rendering. */
export interface ImageState {
  /** Whether the files on disk are the rendered ones. */
  upToDate: boolean;
  /** Whether git ignores the generated files, so that no commit says what they were. */
  ignored: boolean;
  /** Patterns, relative to the workspace, that an image depends on until its files on disk are up to date. */
  staleInputs: string[];
  /** Patterns, relative to the workspace, of what is in copied folders but kept out by `.dockerignore`. */
  excludedInputs: string[];
  /** Targets of other projects that make files which it copies. */
  producers: Producer[];
  warnings: Diagnostic[];
}

/** The state of every image, by project name. Asks git one question, reads generated files, writes nothing. */
export function imageStates(
  workspaceRoot: string,
  nxJson: NxJsonConfiguration,
  { matrices, sources }: Pick<Matrices, 'matrices' | 'sources'>,
): Map<string, ImageState> {
  const isThere = createFolderFinder(workspaceRoot);
  const strangers = strangersOf(workspaceRoot, matrices, isThere);
  const shared: SharedFacts = {
    workspaceRoot,
    sources,
    isThere,
    strangers,
    ignored: ignoredPaths(workspaceRoot, matrices, strangers),
    excluded: excludedOf(workspaceRoot, matrices, sources),
    findProducer: createProducerFinder(workspaceRoot, nxJson.targetDefaults),
    reachable: new WeakMap(),
  };
  const states = new Map<string, ImageState>();
  for (const matrix of matrices) {
    for (const generated of matrix.images) states.set(generated.image.name, imageState(matrix, generated, shared));
  }
  return states;
}

/** What the states of all images are told from. */
interface SharedFacts {
  workspaceRoot: string;
  sources: MatrixSources;
  isThere: (folder: string) => boolean;
  /** Project name -> files in its folder that are not its own. */
  strangers: ReadonlyMap<string, string[]>;
  ignored: ReadonlySet<string>;
  excluded: ReadonlyMap<string, ReadonlyMap<string, string[]>>;
  findProducer: (path: string) => Producer | undefined;
  /** By list of templates, which images share. */
  reachable: WeakMap<readonly string[], string[]>;
}

function imageState(matrix: Matrix, generated: ImageFacts, shared: SharedFacts): ImageState {
  const root = rootOf(matrix, generated);
  const ignored = shared.ignored.has(`${root}/image.json`);
  const strangers = shared.strangers.get(generated.image.name) ?? [];
  const upToDate =
    shared.isThere(root) &&
    isOnDisk(posix.join(shared.workspaceRoot, root), generated.files) &&
    strangers.every((path) => shared.ignored.has(path));
  return {
    upToDate,
    ignored,
    staleInputs: upToDate && !ignored ? [] : renderingInputs(matrix, generated, shared),
    excludedInputs: generated.contextInputs.flatMap(
      (pattern) => shared.excluded.get(matrix.file)?.get(posix.join(matrix.contextDir, pattern)) ?? [],
    ),
    ...producersOf(matrix, generated, shared),
  };
}

function producersOf(
  matrix: Matrix,
  generated: ImageFacts,
  { ignored, findProducer }: SharedFacts,
): Pick<ImageState, 'producers' | 'warnings'> {
  const root = rootOf(matrix, generated);
  const producers = new Map<string, Producer>();
  const warnings: Diagnostic[] = [];
  for (const source of literalSources(generated)) {
    const path = posix.join(matrix.contextDir, source.path);
    if (!ignored.has(path) || path.startsWith(`${root}/`)) continue;
    const producer = findProducer(path);
    if (producer) producers.set(`${producer.project}:${producer.target}`, producer);
    else warnings.push(copiesIgnored(`${root}/Dockerfile`, path, source));
  }
  return { producers: [...producers.values()], warnings };
}

function rootOf({ contextDir }: Matrix, { image }: ImageFacts): string {
  return contextDir === '' ? image.dir : `${contextDir}/${image.dir}`;
}

/** An image's folder is the tool's: a file that no template makes any more is a change to come. */
function strangersOf(
  workspaceRoot: string,
  matrices: readonly Matrix[],
  isThere: SharedFacts['isThere'],
): Map<string, string[]> {
  const strangers = new Map<string, string[]>();
  for (const matrix of matrices) {
    for (const generated of matrix.images) {
      const root = rootOf(matrix, generated);
      if (!isThere(root)) continue;
      const found = otherFiles(join(workspaceRoot, root), generated.files);
      if (found.length === 0) continue;
      strangers.set(
        generated.image.name,
        found.map((path) => posix.join(root, path)),
      );
    }
  }
  return strangers;
}

/** By manifest, then by pattern of a copied folder. */
function excludedOf(
  workspaceRoot: string,
  matrices: readonly Matrix[],
  { templateRoots }: MatrixSources,
): SharedFacts['excluded'] {
  const roots = matrices.flatMap((matrix) => matrix.images.map((image) => rootOf(matrix, image)));
  const others = [...new Set([...matrices.map(({ file }) => file), ...templateRoots, ...roots])];
  const excluded = new Map<string, ReadonlyMap<string, string[]>>();
  for (const { file, contextDir, images } of matrices) {
    const copied = images.flatMap(({ contextInputs }) => contextInputs.map((path) => posix.join(contextDir, path)));
    const dockerignore = readOptional(join(workspaceRoot, contextDir, '.dockerignore'));
    excluded.set(file, excludedInputs(contextDir, dockerignore, new Set(copied), others));
  }
  return excluded;
}

function readOptional(path: string): string {
  try {
    return readRegularFile(path, LARGEST_SOURCE).toString('utf8');
  } catch {
    return '';
  }
}

/** Generated files and copied paths that git ignores: one question for the whole workspace. */
function ignoredPaths(
  workspaceRoot: string,
  matrices: readonly Matrix[],
  strangers: ReadonlyMap<string, string[]>,
): Set<string> {
  const paths = new Set([...strangers.values()].flat());
  for (const matrix of matrices) {
    for (const generated of matrix.images) {
      paths.add(`${rootOf(matrix, generated)}/image.json`);
      for (const { path } of literalSources(generated)) paths.add(posix.join(matrix.contextDir, path));
    }
  }
  return gitIgnored(workspaceRoot, [...paths]);
}

function literalSources({ sources }: ImageFacts): ImageFacts['sources'] {
  return sources.filter(({ path, unresolved }) => path !== '' && !unresolved);
}

function renderingInputs(
  { file, contextDir }: Matrix,
  { templates, image }: ImageFacts,
  { sources, reachable }: SharedFacts,
): string[] {
  let inputs = reachable.get(templates);
  if (!inputs) {
    const inWorkspace = templates.map((path) => posix.join(contextDir, path));
    inputs = [
      file,
      posix.join(contextDir, '.dockerignore'),
      ...reachableTemplates(inWorkspace, image.releaseType, sources.templateRoots),
    ];
    reachable.set(templates, inputs);
  }
  return inputs;
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
