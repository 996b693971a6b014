import { posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import {
  expandImages,
  parseManifest,
  readBaseLock,
  type BaseLock,
  type Image,
  type Staging,
} from '@nx-image-matrix/manifest';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { hasErrors } from './has-errors.ts';
import { inputFile, inputVariables, readInput } from './inputs.ts';
import { checkFolders } from './manifest-folders.ts';
import { PartFiles, type Answers, type Parts } from './part-files.ts';
import { readManifest, type FoundManifest } from './read-sources.ts';
import { foldersAround, isManifestFolder } from '../workspace/manifests.ts';

/** A manifest with its images, before rendering. */
export interface ManifestImages {
  /** Workspace-relative path. */
  file: string;
  /** Workspace-relative folder of the manifest, which is the build context; empty at the workspace root. */
  contextDir: string;
  /** Whether the file itself cannot be read. */
  unreadable?: true;
  /** Its other files. */
  parts: Parts;
  options: ResolvedOptions;
  /** In the manifest's order; absent if it has errors. */
  images?: Image[];
  /** Whether no release version is set. */
  unversioned: boolean;
  staging?: Staging;
  /** Absent without an `images.lock`. */
  baseLock?: BaseLock;
  diagnostics: Diagnostic[];
}

/**
 * The images of every manifest of a workspace; skips files that are not an image matrix. `texts` overrides manifests,
 * their other files and locks on disk. Records what is asked of other files in `answers`.
 */
export function imagesOf(
  workspace: Workspace,
  texts: ReadonlyMap<string, string> = new Map(),
  answers: Answers = {},
): ManifestImages[] {
  const found = workspace.manifests.flatMap((file) => {
    const files = new PartFiles(workspace.root, texts, answers);
    const given = texts.get(file);
    const manifest = given === undefined ? readManifest(workspace.root, file, files) : { text: given };
    return manifest ? [expand(workspace, file, manifest, { files, texts })] : [];
  });
  const folders = new Set(found.flatMap(({ file }) => (isManifestFolder(file) ? [] : foldersAround(file))));
  const own = found.filter(({ file }) => !folders.has(file));
  for (const manifest of own) checkFolders(manifest, new PartFiles(workspace.root, texts, answers));
  return own;
}

/** How the other files of a manifest are read. */
interface Others {
  files: PartFiles;
  texts: ReadonlyMap<string, string>;
}

function expand(workspace: Workspace, file: string, found: FoundManifest, others: Others): ManifestImages {
  const own = { ...facts(workspace, file), parts: { files: [], inputs: [], strays: [] } };
  if ('problem' in found) return { ...own, unreadable: true, unversioned: false, diagnostics: [found.problem] };
  const images = expandText(workspace, file, found.text, others);
  return { ...own, ...images, parts: { ...own.parts, ...others.files.parts() } };
}

function expandText(
  workspace: Workspace,
  file: string,
  text: string | undefined,
  { files, texts }: Others,
): Pick<ManifestImages, 'images' | 'unversioned' | 'staging' | 'baseLock' | 'diagnostics'> {
  const own = facts(workspace, file);
  const { version, prefix, cudaRepositoryBase, outputDir } = own.options;
  const { manifest, diagnostics } = parseManifest(text, file, files);
  if (!manifest) return { unversioned: false, diagnostics };
  const baseLock = lockOf(workspace, file, texts, diagnostics);
  const expanded = expandImages(manifest, {
    version: inputVariables(workspace.environment).IMAGE_VERSION || version,
    prefix: typeof prefix === 'string' ? prefix : prefix[file],
    cudaRepositoryBase,
    outputDir,
    baseLock,
  });
  return {
    staging: manifest.staging,
    ...(baseLock && { baseLock }),
    ...(!hasErrors(expanded.diagnostics) && { images: expanded.images }),
    unversioned: expanded.unversioned,
    diagnostics: [...diagnostics, ...expanded.diagnostics],
  };
}

function lockOf(
  { root }: Workspace,
  file: string,
  texts: ReadonlyMap<string, string>,
  diagnostics: Diagnostic[],
): BaseLock | undefined {
  const path = inputFile(file, 'baseLock');
  const text = texts.get(path) ?? readInput(root, file, 'baseLock', diagnostics);
  if (text === undefined) return undefined;
  const { lock, diagnostics: found } = readBaseLock(text, path);
  diagnostics.push(...found);
  return lock;
}

function facts({ optionsOf }: Workspace, file: string): Pick<ManifestImages, 'file' | 'contextDir' | 'options'> {
  const folder = posix.dirname(file);
  return { file, contextDir: folder === '.' ? '' : folder, options: optionsOf(file) };
}
