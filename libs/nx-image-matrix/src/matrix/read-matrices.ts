import { posix, join } from 'node:path';
import { DockerfileReader } from '@nx-image-matrix/dockerfile';
import { findPushedStaging, type BaseLock, type Image } from '@nx-image-matrix/manifest';
import { type Diagnostic, sortDiagnostics } from '@nx-image-matrix/diagnostics';
import { TemplateEngine, templateRoots } from '@nx-image-matrix/templates';
import { createLinkFollower, type Followed } from '../build-context/follow-links.ts';
import type { PathKind } from '../build-context/inputs.ts';
import { readOwnDockerignore } from '../build-context/write-dockerignore.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { findEdges } from './edges.ts';
import { readRegularFile } from '../fs/read-file.ts';
import { Bounds, LIMITS, type Limits } from './bounds.ts';
import { dockerignoreWarnings } from './dockerignore-warnings.ts';
import type { PlannedImage } from './draft.ts';
import { Drafts } from './drafts.ts';
import { findDuplicates } from './duplicates.ts';
import { hasErrors } from './has-errors.ts';
import { imagesOf, type ManifestImages } from './images-of.ts';
import { inputFile, readInput } from './inputs.ts';
import { ownBases, unlockedBases } from './lock-problems.ts';
import { missingTests } from './missing-tests.ts';
import { nameImages, type ImageDiagnostics } from './name-images.ts';
import type { GenerateContext } from './generate-context.ts';
import type { GeneratedImage, ImageFacts } from './generate-image.ts';
import { answersNow, type Answers, type Parts } from './part-files.ts';
import { pathKind } from './path-kind.ts';
import { findTwins } from './two-manifests.ts';
import type { Matrix } from './matrix.ts';
import { secretParts } from './secret-parts.ts';
import { unusedArguments } from './unused-arguments.ts';

export interface Matrices<I extends ImageFacts = ImageFacts> {
  matrices: Matrix<I>[];
  /** Project name -> project names of the images that its Dockerfile names. */
  parents: Map<string, string[]>;
  /** Sorted; if there is an error, the rest is incomplete. */
  diagnostics: Diagnostic[];
  /** Text of the rendered Dockerfiles that diagnostics may point into, by workspace-relative path. */
  dockerfiles: Map<string, string>;
  /** What it was made from, apart from `inputs.ts`, to check later whether it is still valid. */
  sources: MatrixSources;
}

export interface TemplateSources {
  /** Folders, relative to the workspace, in which templates and partials were looked up. */
  templateRoots: string[];
}

export interface MatrixSources extends TemplateSources {
  /** What was asked of further files of manifests. */
  answers: Answers;
  /** Paths, relative to the workspace, that Dockerfiles copy, and whether they were folders, files or missing. */
  kinds: Record<string, PathKind>;
  /** Targets of copied paths that are symbolic links: by build context, then by path in it. */
  followed: Record<string, Record<string, Followed>>;
}

/** Whether the further files of manifests, and the kinds and targets of copied paths, are the same as before. */
export function areSame(workspaceRoot: string, { answers, kinds, followed }: MatrixSources): boolean {
  const now = answersNow(workspaceRoot, answers);
  return (
    Object.entries(answers).every(([asked, digest]) => now[asked] === digest) &&
    Object.entries(kinds).every(([path, kind]) => pathKind(join(workspaceRoot, path)) === kind) &&
    Object.entries(followed).every(([contextDir, paths]) => {
      const follow = createLinkFollower(join(workspaceRoot, contextDir));
      return Object.entries(paths).every(([path, found]) => JSON.stringify(follow(path)) === JSON.stringify(found));
    })
  );
}

export interface ReadOptions {
  /** Renders only these images, and leaves out what needs all of them (edges between images). */
  select?: (project: string) => boolean;
  /** Overrides manifests on disk, by path. */
  texts?: ReadonlyMap<string, string>;
  /** The images of the manifests before rendering, if they are known. */
  expanded?: readonly ManifestImages[];
  /** Called for each manifest when it has been read, before its templates are. */
  beforeRendering?: (sources: TemplateSources) => void;
  limits?: Limits;
}

/**
 * Reads and renders manifests; skips files that are not an image matrix. Reads manifests, templates and `.dockerignore`
 * files; writes nothing.
 */
export function readMatrices(
  workspaceRoot: string,
  manifestFiles: readonly string[],
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
  { select, texts, expanded, beforeRendering, limits = LIMITS }: ReadOptions = {},
): Matrices<GeneratedImage> {
  const sources: MatrixSources = { templateRoots: [], answers: byPath(), kinds: byPath(), followed: byPath() };
  const diagnostics: Diagnostic[] = [];
  const dockerfiles = new Map<string, string>();
  const plans: MatrixPlan[] = [];
  const bounds = new Bounds(limits);
  const workspace = { root: workspaceRoot, manifests: manifestFiles, optionsOf: () => options, environment };
  const known = expanded?.filter(({ file }) => manifestFiles.includes(file));
  const manifests = known ?? imagesOf(workspace, texts, sources.answers);
  for (const manifest of manifests) {
    diagnostics.push(...manifest.diagnostics, ...secretParts(workspaceRoot, manifest));
    const plan = planMatrix({ workspaceRoot, sources, diagnostics, beforeRendering, bounds }, manifest);
    if (plan) plans.push(plan);
  }
  diagnostics.push(...findTwins(manifests.flatMap(({ file, unreadable }) => (unreadable ? [] : [file]))));
  const drafts = new Drafts(plans.flatMap(({ planned }) => planned));
  const perImage: ImageDiagnostics[] = [];
  const matrices = plans.map(({ file, contextDir, parts, planned, warnings, baseLock }): Matrix<GeneratedImage> => {
    const wanted = planned.filter(({ image }) => !select || select(image.name));
    const images = wanted.flatMap((one, index) => {
      if (bounds.exceeded) return [];
      const { generated, diagnostics: found, templates, dockerfile } = drafts.generate(one);
      const folder = posix.join(contextDir, one.image.dir);
      if (found.length > 0)
        perImage.push({
          image: one.image.name,
          manifest: file,
          parts: parts.files,
          folder,
          templates,
          diagnostics: found,
        });
      if (dockerfile && found.length > 0) dockerfiles.set(dockerfile.file, dockerfile.text);
      if (generated) diagnostics.push(...bounds.add(generated, { file, read: index + 1, all: wanted.length }));
      return generated ?? [];
    });
    images[0]?.warnings.push(...warnings);
    if (baseLock && !select) diagnostics.push(...lockProblems(images, baseLock, file, drafts));
    return { file, contextDir, parts, images };
  });
  diagnostics.push(...nameImages(perImage));
  diagnostics.push(...findDuplicates(matrices), ...findPushedStaging(manifests));
  const edges = findEdges(matrices.flatMap(({ images }) => images));
  if (!select && !hasErrors(diagnostics)) {
    diagnostics.push(...matrices.flatMap(warnOfArguments), ...edges.diagnostics);
    const broken = new Set(edges.diagnostics.map(({ file }) => file));
    for (const text of drafts.dockerfiles()) if (broken.has(text.file)) dockerfiles.set(text.file, text.text);
  }
  return { matrices, parents: edges.parents, diagnostics: sortDiagnostics(diagnostics), dockerfiles, sources };
}

/** An unused argument is reported when the first image of the package that has it is written. */
function warnOfArguments(matrix: Matrix<GeneratedImage>): Diagnostic[] {
  return unusedArguments(matrix).map(({ image, warning }) => {
    image.warnings.push(warning);
    return warning;
  });
}

/** The first image on a base that is not pinned tells of it when its files are written. */
function lockProblems(
  images: readonly GeneratedImage[],
  lock: BaseLock,
  manifest: string,
  drafts: Drafts,
): Diagnostic[] {
  const own = { lockFile: inputFile(manifest, 'baseLock'), isOwn: (reference: string) => drafts.isOwn(reference) };
  const warnings = unlockedBases(images, lock, own);
  for (const { image, warning } of warnings) image.warnings.push(warning);
  return [...ownBases(lock, own), ...warnings.map(({ warning }) => warning)];
}

interface Reading {
  workspaceRoot: string;
  sources: MatrixSources;
  diagnostics: Diagnostic[];
  beforeRendering: ReadOptions['beforeRendering'];
  bounds: Bounds;
}

/** A manifest whose images have not been rendered. */
interface MatrixPlan {
  file: string;
  contextDir: string;
  parts: Parts;
  planned: PlannedImage[];
  baseLock?: BaseLock;
  /** About its images; reported when the first is written. */
  warnings: Diagnostic[];
}

/** `undefined` if the manifest has errors. */
function planMatrix(
  { workspaceRoot, sources, diagnostics, beforeRendering, bounds }: Reading,
  { file, contextDir, parts, images, options, unversioned, baseLock, diagnostics: ofManifest }: ManifestImages,
): MatrixPlan | undefined {
  if (!images) return undefined;
  const inWorkspace = (path: string): string => posix.join(contextDir, path);
  const templatesDirs = [...new Set(images.map((image) => image.templatesDir))];
  const roots = templateRoots(templatesDirs, options.templatesRoot).map(inWorkspace);
  sources.templateRoots.push(...roots);
  beforeRendering?.({ templateRoots: roots });
  const own = readOwnDockerignore(readInput(workspaceRoot, file, 'dockerignore', diagnostics));
  const followed = (sources.followed[contextDir] ??= byPath());
  const follow = createLinkFollower(join(workspaceRoot, contextDir));
  const context: GenerateContext = {
    templates: new TemplateEngine({
      contextDir: join(workspaceRoot, contextDir),
      workspaceDir: workspaceRoot,
      templatesRoot: options.templatesRoot,
      templatesDirs,
      readFile: (path, limit) => readRegularFile(path, limit, { within: workspaceRoot }),
    }),
    dockerfiles: new DockerfileReader(),
    buildContext: {
      dir: contextDir,
      outputDir: options.outputDir,
      packageDepths: depthsOf(images),
      nxData: options.nxData,
      own,
      kindOf: (path) => (sources.kinds[inWorkspace(path)] ??= pathKind(join(workspaceRoot, inWorkspace(path)))),
      follow: (path) => (followed[path] ??= bounds.counted(follow(path))),
    },
    ...(baseLock && { baseLock }),
    fromContext: new WeakMap(),
    fromSameSources: new Map(),
    manifest: file,
    unversioned,
    inWorkspace,
  };
  const planned = images.map((image) => ({ image, context }));
  diagnostics.push(...missingTests(images, (path) => (sources.kinds[path] ??= pathKind(join(workspaceRoot, path)))));
  const ofDockerignore = dockerignoreWarnings(own.bad, inputFile(file, 'dockerignore'));
  diagnostics.push(...ofDockerignore);
  return { file, contextDir, parts, planned, baseLock, warnings: [...ofManifest, ...ofDockerignore] };
}

/** The numbers of path components in names of packages: always one, and more with slashes. */
function depthsOf(images: readonly Image[]): number[] {
  return [...new Set([1, ...images.map((image) => image.package.split('/').length)])].sort((a, b) => a - b);
}

/** A record whose keys are paths, one of which may have the name of an object's method. */
function byPath<T>(): Record<string, T> {
  const record: Record<string, T> = Object.create(null);
  return record;
}
