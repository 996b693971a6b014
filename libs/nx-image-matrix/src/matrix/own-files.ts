import { posix } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';

/** The place of an `image.json`. */
export interface FoundDocument {
  /** Workspace-relative path of the manifest whose output folder contains it. */
  manifest: string;
  /** Workspace-relative path of that output folder. */
  outputFolder: string;
  /** Workspace-relative folder of the `image.json`. */
  folder: string;
}

/** The files of every image; documents of versions that did not list files have at least these. */
const ALWAYS = ['Dockerfile', 'Dockerfile.dockerignore', 'image.json'];

/**
 * The files in a folder that were generated for an image, relative to it: those that its `image.json` lists, if that
 * names this manifest and this folder. A document from an earlier version names neither; it counts if its package,
 * distro and release type result in that folder, for the three files that every image has. `undefined` for any other
 * text: the folder is not ours.
 */
export function writtenFiles(text: string, { manifest, outputFolder, folder }: FoundDocument): string[] | undefined {
  const document = parse(text);
  if (!document || !isFolderOf(document, outputFolder, folder)) return undefined;
  // Names of packages had no slashes then.
  if (!Object.hasOwn(document, 'manifest') && !Object.hasOwn(document, 'files'))
    return String(document['package']).includes('/') ? undefined : ALWAYS;
  if (document['manifest'] !== manifest || document['folder'] !== folder) return undefined;
  const { files } = document;
  return Array.isArray(files) && files.every(isPathBelow) ? files : undefined;
}

/** Files, relative to their image's folder, that an `image.json` lists and its replacement does not. */
export function droppedFiles(before: string, after: string): string[] {
  const [old, now] = [parse(before), parse(after)];
  if (!old || !now || old['manifest'] !== now['manifest'] || old['folder'] !== now['folder']) return [];
  if (!Array.isArray(old['files']) || !Array.isArray(now['files'])) return [];
  const kept = new Set<unknown>(now['files']);
  return old['files'].filter((path: unknown): path is string => isPathBelow(path) && !kept.has(path));
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Folders of images are three levels or more below the output folder, so neither that one nor a folder of several images is
 * ever one.
 */
function isFolderOf(document: Record<string, unknown>, outputFolder: string, folder: string): boolean {
  const { package: name, distro, distroVersion, releaseType } = document;
  if (![name, distro, distroVersion, releaseType].every((part) => typeof part === 'string' && part !== ''))
    return false;
  if (posix.dirname(folder) !== posix.join(outputFolder, `${name}/${distro}${distroVersion}`)) return false;
  return posix.basename(folder) === releaseType || posix.basename(folder).startsWith(`${releaseType}-`);
}

function isPathBelow(path: unknown): path is string {
  return typeof path === 'string' && path !== '' && path.split('/').every((part) => !['', '.', '..'].includes(part));
}
