import { posix } from 'node:path';
import type { CreateNodes, CreateNodesContext, CreateNodesResultArray, ProjectConfiguration } from '@nx/devkit';
import { formatDiagnostics, type Diagnostic } from '@nx-image-matrix/diagnostics';
import { cachedMatrices, type Schedule } from '../matrix/cache/cached-matrices.ts';
import { transitiveParents } from '../matrix/edges.ts';
import { imageStates, type ImageState } from '../matrix/image-states.ts';
import { createFolderFinder } from '../matrix/on-disk.ts';
import { testInputsReader } from '../matrix/test-inputs.ts';
import { parentsOfOtherEntries } from '../matrix/other-entries.ts';
import { hasErrors } from '../matrix/has-errors.ts';
import type { Matrix } from '../matrix/matrix.ts';
import type { Matrices } from '../matrix/read-matrices.ts';
import type { ImageMatrixOptions } from '../options/options.ts';
import { hasSeveralEntries, manifestsOfTwoEntries } from '../options/manifest-options.ts';
import { folderFiles, manifestGlob, manifestNames, manifestsAmong } from '../workspace/manifests.ts';
import { findNamesakes, type OwnProject } from '../workspace/namesakes.ts';
import { nxDataFolders } from '../workspace/nx-data.ts';
import { isNxBefore, knowsJsonInputs } from '../workspace/nx-version.ts';
import { resolveOptions, type ResolvedOptions } from '../options/resolve-options.ts';
import { listFiles, listProjectFiles } from '../workspace/project-listing.ts';
import { sourceReader } from '../workspace/source-reader.ts';
import { afterAnswer } from './after-answer.ts';
import { bentomlManifests, unmigrated } from './bentoml.ts';
import { graphError } from './graph-error.ts';
import { imageProject } from './image-project.ts';
import { alsoInferred } from './neighbours.ts';
import { matrixProject } from './matrix-project.ts';
import { projectFileProblems } from './project-files.ts';
import { targetDefaultsProblems } from './target-defaults.ts';

/** The plugin's name in `nx.json` and error messages. */
export const name = 'nx-image-matrix';

/**
 * Infers the projects of every image matrix of the workspace. The pattern matches only manifests, because Nx treats
 * everything as affected if a matched file is deleted.
 * @throws AggregateCreateNodesError with the diagnostics of all manifests.
 */
export const createNodes: CreateNodes<ImageMatrixOptions> = [manifestGlob, inferProjects];

async function inferProjects(
  manifestFiles: readonly string[],
  pluginOptions: ImageMatrixOptions | undefined,
  context: CreateNodesContext,
): Promise<CreateNodesResultArray> {
  const leftOver: (() => void)[] = [];
  try {
    return await inferred(manifestFiles, pluginOptions, context, (work) => leftOver.push(work));
  } finally {
    // Starts only now; otherwise waiting for git would count as its time.
    for (const work of leftOver) afterAnswer(work);
  }
}

async function inferred(
  manifestFiles: readonly string[],
  pluginOptions: ImageMatrixOptions | undefined,
  context: CreateNodesContext,
  schedule: Schedule,
): Promise<CreateNodesResultArray> {
  const nxData = nxDataFolders(context.nxJsonConfiguration, context.workspaceRoot, process.env);
  const options = resolveOptions(pluginOptions, nxData);
  const matrices = cachedMatrices(context.workspaceRoot, manifestsAmong(manifestFiles), options, process.env, schedule);
  const clashes = clashesWith(context, matrices, options);
  const diagnostics = [...matrices.diagnostics, ...clashes, ...(await strangers(context, matrices))];
  if (hasErrors(diagnostics)) {
    const foreign = bentomlManifests(context.workspaceRoot, manifestFiles);
    if (foreign.length === 0) throw await graphError(context.workspaceRoot, { ...matrices, diagnostics });
    process.stderr.write(`${formatDiagnostics(unmigrated(foreign), () => undefined)}\n\n`);
    const others = manifestFiles.filter((file) => !foreign.includes(file));
    return others.length === 0 ? [] : await inferred(others, pluginOptions, context, schedule);
  }
  const projectFiles = matrices.matrices.length > 0 ? listProjectFiles(context.workspaceRoot) : [];
  if (matrices.matrices.some(({ images }) => images.length > 0)) warnOfNeighbours(context, matrices, options);
  const kindOf = createFolderFinder(context.workspaceRoot);
  const { states, warnings } = imageStates(context.workspaceRoot, matrices, kindOf);
  if (warnings.length > 0) process.stderr.write(`${formatDiagnostics(warnings, () => undefined)}\n`);
  const named = new Set([...matrices.parents.values()].flat());
  const shared: Shared = {
    options,
    states,
    jsonInputs: knowsJsonInputs(context.workspaceRoot),
    named,
    testInputs: testInputsReader(context.workspaceRoot),
  };
  const results = matrices.matrices.map((matrix) => [matrix.file, projectsOf(matrix, matrices, shared)] as const);
  const projects = results.flatMap(([, found]) => Object.values(found));
  const replaced = await projectFileProblems(
    context.workspaceRoot,
    projects,
    options.targets,
    spreadsIn(context),
    kindOf,
  );
  const own = results.flatMap(([, found]) => ownProjects(Object.values(found)));
  const clashing = [...replaced, ...findNamesakes(context.workspaceRoot, await projectFiles, own)];
  if (hasErrors(clashing)) throw await graphError(context.workspaceRoot, { ...matrices, diagnostics: clashing });
  return results.map(([file, found]) => [file, { projects: found }]);
}

interface Shared {
  options: ResolvedOptions;
  states: ReadonlyMap<string, ImageState>;
  jsonInputs: boolean;
  /** Images that others start `FROM`. */
  named: ReadonlySet<string>;
  /** Globs of what a test file is rendered from, by its path. */
  testInputs: (path: string) => readonly string[];
}

/** Other settings in `nx.json` that would break the targets. */
function clashesWith(
  { workspaceRoot, nxJsonConfiguration }: CreateNodesContext,
  { matrices }: Matrices,
  options: ResolvedOptions,
): Diagnostic[] {
  if (matrices.length === 0) return [];
  const manifests = matrices.map(({ file }) => file);
  return [
    ...manifestsOfTwoEntries(nxJsonConfiguration, workspaceRoot, manifests),
    ...targetDefaultsProblems(nxJsonConfiguration.targetDefaults, options.targets, {
      text: () => sourceReader(workspaceRoot, new Map())('nx.json') ?? '',
      spreads: spreadsIn({ workspaceRoot }),
    }),
  ];
}

/** Images that start `FROM` an image of another entry in `nx.json`; reads nothing if there is one entry. */
async function strangers(
  { workspaceRoot, nxJsonConfiguration }: CreateNodesContext,
  { matrices }: Matrices,
): Promise<Diagnostic[]> {
  if (matrices.length === 0 || !hasSeveralEntries(nxJsonConfiguration)) return [];
  const manifests = manifestsAmong(await listFiles(workspaceRoot, [...manifestNames, ...folderFiles]));
  return parentsOfOtherEntries(workspaceRoot, nxJsonConfiguration, matrices, manifests);
}

/** The first project of a matrix is that of its manifest. */
function ownProjects(projects: readonly ProjectConfiguration[]): OwnProject[] {
  return projects.map(({ name: project = '', root }, index) => ({ name: project, root, isMatrix: index === 0 }));
}

/** Whether this Nx replaces `...` with what the plugin infers. */
function spreadsIn({ workspaceRoot }: Pick<CreateNodesContext, 'workspaceRoot'>): () => boolean {
  return () => !isNxBefore(workspaceRoot, 23, 0);
}

/** On standard error, because a program may read what Nx prints on standard output. */
function warnOfNeighbours(
  { workspaceRoot, nxJsonConfiguration }: CreateNodesContext,
  { matrices }: Matrices,
  { outputDir }: ResolvedOptions,
): void {
  const folders = matrices.map(({ contextDir }) => posix.join(contextDir, outputDir));
  const warnings = alsoInferred(nxJsonConfiguration.plugins, folders);
  if (warnings.length === 0) return;
  process.stderr.write(`${formatDiagnostics(warnings, sourceReader(workspaceRoot, new Map()))}\n\n`);
}

function projectsOf(
  matrix: Matrix,
  { parents }: Matrices,
  { options, states, jsonInputs, named, testInputs }: Shared,
): Record<string, ProjectConfiguration> {
  const own = matrixProject(matrix, options);
  const stateOf = (image: string): ImageState => {
    const state = states.get(image);
    if (!state) throw new Error(`Nothing is known of the files of "${image}".`);
    return state;
  };
  const projects: Record<string, ProjectConfiguration> = { [own.root]: own };
  for (const generated of matrix.images) {
    const { name: project } = generated.image;
    const ancestors = transitiveParents(project, parents);
    const state = stateOf(project);
    const configuration = imageProject(generated, {
      manifest: matrix.file,
      contextDir: matrix.contextDir,
      targets: options.targets,
      parents: parents.get(project) ?? [],
      ancestors,
      isParent: named.has(project),
      upToDate: state.upToDate,
      linked: state.linked,
      dropped: state.dropped,
      staleInputs: [
        ...new Set([...state.staleInputs, ...ancestors.flatMap((image) => stateOf(image).staleBuildInputs)]),
      ],
      excludedInputs: state.excludedInputs,
      furtherInputs: state.furtherInputs,
      jsonInputs,
      producers: state.producers,
      testInputs: generated.image.tests.flatMap(({ path }) => testInputs(path)),
      testBeforePush: options.testBeforePush,
      producedInputs: [...new Set([project, ...ancestors].flatMap((image) => stateOf(image).producedInputs))],
    });
    projects[configuration.root] = configuration;
  }
  return projects;
}
