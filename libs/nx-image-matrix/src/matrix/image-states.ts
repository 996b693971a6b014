import { join, posix } from 'node:path';
import { literalGlob } from '@nx-image-matrix/dockerfile';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { gitIgnored, type GitAnswer } from '../workspace/git.ts';
import { findProducers, type Artifact, type FoundProducers, type Producer } from '../workspace/producers.ts';
import { submodulesAround, submodulesOf } from '../workspace/submodules.ts';
import { excludedInputs } from '../build-context/excluded-inputs.ts';
import { readOwnDockerignore } from '../build-context/write-dockerignore.ts';
import { copyWarnings, gitWarnings, graphWarnings, templatesOf } from './git-warnings.ts';
import { buildsTheSame } from './image-json.ts';
import type { ImageFacts } from './generate-image.ts';
import { droppedFiles } from './own-files.ts';
import { createFolderFinder, isOnDisk, type FolderKind } from './on-disk.ts';
import { isThere } from '../fs/links.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { copiedPaths, literalSources, madeInFolders, mayBeFolder, pathsToMake, rootOf } from './produced-files.ts';
import { inputFilesOf, inputPathsOf, readInput } from './inputs.ts';
import { aroundGlob } from './part-files.ts';
import { reachableTemplates } from './reachable-templates.ts';
import type { Matrix } from './matrix.ts';
import type { Matrices, MatrixSources } from './read-matrices.ts';

/** The state of an image, apart from its rendering. */
export interface ImageState {
  /** Whether the files on disk are the rendered ones. */
  upToDate: boolean;
  /**
   * Whether the path of its files contains a symbolic link, so that nothing may be written there, not even from Nx's
   * cache.
   */
  linked: boolean;
  /** Whether its folder contains obsolete files that were generated for it. */
  dropped: boolean;
  /** Whether git ignores the generated files, so that no commit contains them. */
  ignored: boolean;
  /** Globs, relative to the workspace, that an image depends on until its files on disk are up to date. */
  staleInputs: string[];
  /** Those that its children depend on as well; excludes changes that only its push reads. */
  staleBuildInputs: string[];
  /** Globs, relative to the workspace, of files in copied folders that `.dockerignore` excludes. */
  excludedInputs: string[];
  /** Globs, relative to the workspace, of submodules that it copies from. */
  furtherInputs: string[];
  /** Targets of other projects that create files it copies. */
  producers: Producer[];
  /** Globs, relative to the workspace, of these files. */
  producedInputs: string[];
}

/**
 * The state of every image, by project name, and the warnings about the workspace. Calls git once, and again if targets
 * create files in copied folders; reads generated files. `kindOf` is called for the folders of images.
 */
export function imageStates(
  workspaceRoot: string,
  { matrices, sources }: Pick<Matrices, 'matrices' | 'sources'>,
  kindOf = createFolderFinder(workspaceRoot),
): { states: Map<string, ImageState>; warnings: Diagnostic[] } {
  const git = askGit(workspaceRoot, matrices);
  const made = findProducers(workspaceRoot, copiedPaths(matrices, git));
  const ignoreRules = ({ file }: Matrix) => readOwnDockerignore(readInput(workspaceRoot, file, 'dockerignore')).rules;
  const shared: SharedFacts = {
    workspaceRoot,
    sources,
    kindOf,
    git,
    submodules: submodulesOf(workspaceRoot),
    excluded: excludedOf(workspaceRoot, matrices, sources),
    made,
    madeInFolders: madeInFolders(workspaceRoot, matrices, made.artifacts, ignoreRules),
    inputPaths: new Map(),
    reachable: new WeakMap(),
    contextInputs: new WeakMap(),
  };
  const states = new Map<string, ImageState>();
  for (const matrix of matrices) {
    for (const generated of matrix.images) states.set(generated.image.name, imageState(matrix, generated, shared));
  }
  return {
    states,
    warnings: [...gitWarnings(matrices, git), ...graphWarnings(matrices, made), ...copyWarnings(matrices, git, made)],
  };
}

/** The inputs of all states. */
interface SharedFacts {
  workspaceRoot: string;
  sources: MatrixSources;
  kindOf: (folder: string) => FolderKind;
  git: GitAnswer;
  submodules: readonly string[];
  excluded: ReadonlyMap<string, ReadonlyMap<string, string[]>>;
  made: FoundProducers;
  madeInFolders: (matrix: Matrix, generated: ImageFacts) => Artifact[];
  /** By manifest. */
  inputPaths: Map<string, string[]>;
  /** By list of templates, which images share. */
  reachable: WeakMap<readonly string[], string[]>;
  /** By list of copied paths, which images share. */
  contextInputs: WeakMap<readonly string[], ContextInputs>;
}

type ContextInputs = Pick<ImageState, 'excludedInputs' | 'furtherInputs'>;

function imageState(matrix: Matrix, generated: ImageFacts, shared: SharedFacts): ImageState {
  const root = rootOf(matrix, generated);
  const { ignored, unknown } = shared.git;
  const document = `${root}/image.json`;
  const kind = shared.kindOf(root);
  const upToDate = kind === 'folder' && isOnDisk(shared.workspaceRoot, root, generated.files, shared.kindOf);
  // The earlier content of files that are not, or may not be, committed is unknown.
  const committed = !ignored.has(document) && !unknown.has(document);
  const before = kind === 'folder' && !upToDate ? readOptional(shared.workspaceRoot, document) : '';
  const builds = upToDate || (before !== '' && isBuiltFrom(root, before, generated, shared));
  const inputs =
    upToDate && committed
      ? []
      : [...renderingInputs(matrix, generated, shared), ...excludedPathsOf(matrix, generated, shared)];
  return {
    upToDate,
    linked:
      kind === 'link' ||
      (kind === 'folder' && foldersOf(root, generated).some((folder) => shared.kindOf(folder) === 'link')),
    dropped: before !== '' && droppedFiles(before, JSON.stringify(generated.document)).length > 0,
    ignored: ignored.has(document),
    staleInputs: inputs,
    staleBuildInputs: builds && committed ? [] : inputs,
    ...contextInputsOf(matrix, generated, shared),
    ...producersOf(matrix, generated, shared),
  };
}

function contextInputsOf(
  matrix: Matrix,
  { contextInputs, neverEntering }: ImageFacts,
  shared: SharedFacts,
): ContextInputs {
  let found = shared.contextInputs.get(contextInputs);
  if (!found) {
    const excluded = shared.excluded.get(matrix.file);
    found = {
      excludedInputs: [
        ...contextInputs.flatMap((glob) => excluded?.get(glob) ?? []),
        ...neverEntering.map((pattern) => posix.join(matrix.contextDir, pattern)),
      ],
      furtherInputs: submodulesOfAll(inWorkspace(matrix, contextInputs), shared),
    };
    shared.contextInputs.set(contextInputs, found);
  }
  return found;
}

/**
 * Whether the files in a folder are the current inputs of a build, ignoring what only a push reads. `before` is the
 * text of the `image.json` there.
 */
function isBuiltFrom(
  folder: string,
  before: string,
  { files, document }: ImageFacts,
  { workspaceRoot, kindOf }: SharedFacts,
): boolean {
  const others = files.filter(({ path }) => path !== 'image.json');
  return isOnDisk(workspaceRoot, folder, others, kindOf) && buildsTheSame(before, document);
}

/** Copied paths that are excluded: if one becomes a link, the generated ignore file changes. */
function excludedPathsOf(matrix: Matrix, { excludedPaths }: ImageFacts, shared: SharedFacts): string[] {
  const globs = inWorkspace(matrix, excludedPaths);
  return [...globs, ...submodulesOfAll(globs, shared)];
}

/** Globs of a context, relative to the workspace. */
function inWorkspace({ contextDir }: Matrix, globs: readonly string[]): string[] {
  const prefix = contextDir === '' ? '' : `${literalGlob(contextDir)}/`;
  return globs.map((glob) => prefix + glob);
}

function submodulesOfAll(globs: readonly string[], { submodules }: SharedFacts): string[] {
  if (submodules.length === 0) return [];
  return [...new Set(globs.flatMap((glob) => submodulesAround(glob, submodules)))].map(literalGlob);
}

function producersOf(
  matrix: Matrix,
  generated: ImageFacts,
  { git, made, madeInFolders: inFolders }: SharedFacts,
): Pick<ImageState, 'producers' | 'producedInputs'> {
  const found = new Map<string, Producer>();
  const producedInputs: string[] = [];
  for (const path of pathsToMake(matrix, generated, git).keys()) {
    const own = made.producers.get(path) ?? [];
    for (const producer of own) found.set(`${producer.project}:${producer.target}`, producer);
    if (own.length > 0) producedInputs.push(literalGlob(path), `${literalGlob(path)}/**/*`);
  }
  for (const { project, target, path } of inFolders(matrix, generated)) {
    found.set(`${project}:${target}`, { project, target });
    producedInputs.push(literalGlob(path), `${literalGlob(path)}/**/*`);
  }
  return { producers: [...found.values()], producedInputs: [...new Set(producedInputs)] };
}

/** The folders in an image's folder that contain its files. */
function foldersOf(root: string, { files }: ImageFacts): string[] {
  return files.flatMap(({ path }) => (path.includes('/') ? [posix.dirname(`${root}/${path}`)] : []));
}

/**
 * By manifest, then by glob of a copied folder, relative to the context; the resulting globs are relative to the
 * workspace.
 */
function excludedOf(
  workspaceRoot: string,
  matrices: readonly Matrix[],
  { templateRoots }: MatrixSources,
): SharedFacts['excluded'] {
  const roots = matrices.flatMap((matrix) => matrix.images.map((image) => rootOf(matrix, image)));
  const others = [
    ...new Set([
      ...matrices.flatMap(({ file, parts }) => [
        ...inputPathsOf(workspaceRoot, file),
        ...parts.files,
        ...parts.inputs.map(aroundGlob),
      ]),
      ...templateRoots,
      ...roots,
    ]),
  ];
  const excluded = new Map<string, ReadonlyMap<string, string[]>>();
  for (const matrix of matrices) {
    const { file, contextDir, images } = matrix;
    const copied = new Set(images.flatMap(({ contextInputs }) => contextInputs));
    const dockerignore = readInput(workspaceRoot, file, 'dockerignore') ?? '';
    const inContext = contextDir === '' ? others : others.map((path) => posix.relative(contextDir, path));
    // A folder around the context contains every copied folder.
    if (inContext.some((path) => path === '' || path.endsWith('..'))) continue;
    const found = excludedInputs(dockerignore, copied, inContext);
    excluded.set(file, new Map([...found].map(([glob, globs]) => [glob, inWorkspace(matrix, globs)])));
  }
  return excluded;
}

function readOptional(workspaceRoot: string, file: string): string {
  try {
    return readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
  } catch {
    return '';
  }
}

/** The generated files, copied paths, templates and inputs beside manifests that git ignores: one call for the whole workspace. */
function askGit(workspaceRoot: string, matrices: readonly Matrix[]): GitAnswer {
  const paths = new Set<string>();
  for (const matrix of matrices) {
    const seen = new Set<ImageFacts['sources']>();
    for (const generated of matrix.images) {
      paths.add(`${rootOf(matrix, generated)}/image.json`);
      if (seen.has(generated.sources)) continue;
      seen.add(generated.sources);
      for (const { path } of literalSources(generated)) {
        const copied = posix.join(matrix.contextDir, path);
        paths.add(copied);
        // Git treats a missing path as a file, which a pattern like `dist/` does not match.
        if (mayBeFolder(generated, path)) paths.add(`${copied}/`);
      }
    }
    const beside = inputFilesOf(matrix.file).filter((path) => isThere(join(workspaceRoot, path)));
    for (const path of [...templatesOf(matrix), ...matrix.parts.files, ...beside]) paths.add(path);
  }
  return gitIgnored(workspaceRoot, [...paths]);
}

function renderingInputs(
  { file, contextDir, parts }: Matrix,
  { templates, image }: ImageFacts,
  shared: SharedFacts,
): string[] {
  const { workspaceRoot, sources, reachable, inputPaths } = shared;
  let inputs = reachable.get(templates);
  if (!inputs) {
    const own = inputPaths.get(file) ?? inputPathsOf(workspaceRoot, file);
    inputPaths.set(file, own);
    const inContext = templates.map((path) => posix.join(contextDir, path));
    const globs = [
      ...own.map(literalGlob),
      ...parts.inputs,
      ...reachableTemplates(inContext, image.template, sources.templateRoots),
    ];
    inputs = [...globs, ...submodulesOfAll([file, ...parts.inputs, ...inContext], shared)];
    reachable.set(templates, inputs);
  }
  return inputs;
}
