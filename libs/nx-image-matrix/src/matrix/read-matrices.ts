import { readFileSync, statSync } from 'node:fs';
import { posix, join } from 'node:path';
import {
  expandImages,
  findDuplicateProjects,
  isImageMatrix,
  parseManifest,
  sortDiagnostics,
} from '@nx-image-matrix/manifest';
import type { Diagnostic, Manifest } from '@nx-image-matrix/manifest';
import { TemplateEngine } from '@nx-image-matrix/templates';
import type { ResolvedOptions } from '../workspace/options.ts';
import { findEdges } from './edges.ts';
import { generateImage, type GenerateContext, type GeneratedImage } from './generate-image.ts';

/** One manifest with everything that follows from it. */
export interface Matrix {
  /** Workspace-relative path of the manifest. */
  file: string;
  /** Workspace-relative folder of the manifest, which is the build context; empty at the workspace root. */
  contextDir: string;
  manifest: Manifest;
  images: GeneratedImage[];
}

export interface Matrices {
  matrices: Matrix[];
  /** Project name -> project names of the images that its Dockerfile names. */
  parents: Map<string, string[]>;
  /** Sorted; with an error among them the rest is incomplete. */
  diagnostics: Diagnostic[];
  /** Text of the rendered Dockerfiles that diagnostics may point into, by workspace-relative path. */
  dockerfiles: Map<string, string>;
}

/**
 * Reads and renders the given manifests; files that are no image matrix are passed over.
 * Reads manifests, templates and `.dockerignore`s, writes nothing. With `select` only those images are rendered, and
 * what needs all of them (edges between images) is left out.
 */
export function readMatrices(
  workspaceRoot: string,
  manifestFiles: readonly string[],
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
  select?: (project: string) => boolean,
): Matrices {
  const matrices: Matrix[] = [];
  const diagnostics: Diagnostic[] = [];
  const dockerfiles = new Map<string, string>();
  for (const file of manifestFiles) {
    const text = readFileSync(join(workspaceRoot, file), 'utf8');
    if (!isImageMatrix(text)) continue;
    const result = readMatrix(workspaceRoot, file, text, options, environment, dockerfiles, select);
    diagnostics.push(...result.diagnostics);
    if (result.matrix) matrices.push(result.matrix);
  }
  diagnostics.push(
    ...findDuplicateProjects(matrices.map(({ file, images }) => ({ file, images: images.map(({ image }) => image) }))),
  );
  const edges = findEdges(matrices.flatMap(({ images }) => images));
  if (!select && !hasErrors(diagnostics)) diagnostics.push(...edges.diagnostics);
  return { matrices, parents: edges.parents, diagnostics: sortDiagnostics(diagnostics), dockerfiles };
}

/** Whether any of the diagnostics is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

function readMatrix(
  workspaceRoot: string,
  file: string,
  text: string,
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
  dockerfiles: Map<string, string>,
  select: ((project: string) => boolean) | undefined,
): { matrix?: Matrix; diagnostics: Diagnostic[] } {
  const contextDir = posix.dirname(file) === '.' ? '' : posix.dirname(file);
  const parsed = parseManifest(text, file);
  if (!parsed.manifest) return { diagnostics: parsed.diagnostics };
  const { manifest } = parsed;
  const expanded = expandImages(manifest, {
    version: environment['IMAGE_VERSION'] || options.version,
    prefix: typeof options.prefix === 'string' ? options.prefix : options.prefix[file],
    cudaRepositoryBase: options.cudaRepositoryBase,
    outputDir: options.outputDir,
  });
  const diagnostics = [...parsed.diagnostics, ...expanded.diagnostics];
  if (hasErrors(expanded.diagnostics)) return { diagnostics };
  const absoluteContext = join(workspaceRoot, contextDir);
  const context: GenerateContext = {
    templates: new TemplateEngine({
      contextDir: absoluteContext,
      workspaceDir: workspaceRoot,
      templatesRoot: options.templatesRoot,
      templatesDirs: [...new Set(expanded.images.map((image) => image.templatesDir))],
    }),
    contextDockerignore: readOptional(join(absoluteContext, '.dockerignore')),
    isDirectory: memoise((path) => statSync(join(absoluteContext, path), { throwIfNoEntry: false })?.isDirectory()),
    unversioned: expanded.unversioned,
    inWorkspace: (path) => posix.join(contextDir, path),
  };
  const images: GeneratedImage[] = [];
  for (const image of expanded.images) {
    if (select && !select(image.name)) continue;
    const result = generateImage(image, context);
    diagnostics.push(...result.diagnostics);
    if (result.generated) images.push(result.generated);
    if (result.dockerfile && result.diagnostics.length > 0)
      dockerfiles.set(result.dockerfile.file, result.dockerfile.text);
  }
  return { matrix: { file, contextDir, manifest, images }, diagnostics };
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function memoise<T>(compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
