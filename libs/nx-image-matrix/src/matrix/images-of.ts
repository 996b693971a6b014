import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { expandImages, isImageMatrix, parseManifest, type Image } from '@nx-image-matrix/manifest';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { hasErrors } from './has-errors.ts';
import { inputVariables } from './inputs.ts';
import { readManifest } from './read-sources.ts';

/** A manifest with its images, before rendering. */
export interface ManifestImages {
  /** Workspace-relative path. */
  file: string;
  /** Workspace-relative folder of the manifest, which is the build context; empty at the workspace root. */
  contextDir: string;
  /** Absent if the file cannot be read. */
  text?: string;
  options: ResolvedOptions;
  /** In the manifest's order; absent if it has errors. */
  images?: Image[];
  /** Whether no release version is set. */
  unversioned: boolean;
  diagnostics: Diagnostic[];
}

/**
 * The images of every manifest of a workspace; skips files that are not an image matrix. `texts` overrides manifests on
 * disk.
 */
export function imagesOf(workspace: Workspace, texts: ReadonlyMap<string, string> = new Map()): ManifestImages[] {
  return workspace.manifests.flatMap((file): ManifestImages[] => {
    const given = texts.get(file);
    if (given !== undefined) return [expand(workspace, file, given)];
    const found = readManifest(workspace.root, file);
    if ('problem' in found) return [{ ...facts(workspace, file), unversioned: false, diagnostics: [found.problem] }];
    return 'text' in found && isImageMatrix(found.text) ? [expand(workspace, file, found.text)] : [];
  });
}

function expand(workspace: Workspace, file: string, text: string): ManifestImages {
  const own = facts(workspace, file);
  const { version, prefix, cudaRepositoryBase, outputDir } = own.options;
  const { manifest, diagnostics } = parseManifest(text, file);
  if (!manifest) return { ...own, text, unversioned: false, diagnostics };
  const expanded = expandImages(manifest, {
    version: inputVariables(workspace.environment).IMAGE_VERSION || version,
    prefix: typeof prefix === 'string' ? prefix : prefix[file],
    cudaRepositoryBase,
    outputDir,
  });
  return {
    ...own,
    text,
    ...(!hasErrors(expanded.diagnostics) && { images: expanded.images }),
    unversioned: expanded.unversioned,
    diagnostics: [...diagnostics, ...expanded.diagnostics],
  };
}

function facts({ optionsOf }: Workspace, file: string): Pick<ManifestImages, 'file' | 'contextDir' | 'options'> {
  const folder = posix.dirname(file);
  return { file, contextDir: folder === '.' ? '' : folder, options: optionsOf(file) };
}
