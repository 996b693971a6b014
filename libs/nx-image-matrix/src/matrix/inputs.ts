import { join, posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { targetInWorkspace } from '../fs/links.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { isManifestFolder } from '../workspace/manifests.ts';
import { sha256 } from './generate-image.ts';
import { readOptionalSource } from './read-sources.ts';

/*
 * The inputs of a manifest's images: the manifest, the options of its entry, what is listed here, and templates with
 * everything they include. Code that uses an input gets it by its name in these lists; the cache, stale images and so
 * `nx affected` use the lists.
 */

/** Files next to the manifest, which may be missing. */
const files = { dockerignore: '.dockerignore', baseLock: 'images.lock' } as const;

/** Environment variables. */
const variables = ['IMAGE_VERSION'] as const;

type InputFile = keyof typeof files;

/** The workspace-relative path of an input next to a manifest. */
export function inputFile(manifest: string, name: InputFile): string {
  return posix.join(posix.dirname(manifest), files[name]);
}

/** The workspace-relative paths of a manifest and of all inputs next to it; without those that it includes. */
export function inputFilesOf(manifest: string): string[] {
  const own = isManifestFolder(manifest) ? [] : [manifest];
  return [...own, ...Object.values(files).map((name) => posix.join(posix.dirname(manifest), name))];
}

/** The same paths, and those that they lead to as links. */
export function inputPathsOf(workspaceRoot: string, manifest: string): string[] {
  const paths = inputFilesOf(manifest);
  return [...paths, ...paths.flatMap((path) => targetInWorkspace(workspaceRoot, path) ?? [])];
}

/** The text of an input next to a manifest, if it exists; adds a diagnostic if it cannot be read. */
export function readInput(
  workspaceRoot: string,
  manifest: string,
  name: InputFile,
  diagnostics: Diagnostic[] = [],
): string | undefined {
  return readOptionalSource(workspaceRoot, inputFile(manifest, name), diagnostics);
}

/** The environment variables that images depend on. */
export function inputVariables(environment: NodeJS.ProcessEnv): Partial<Record<(typeof variables)[number], string>> {
  return Object.fromEntries(variables.map((name) => [name, environment[name]]));
}

/** A digest of all inputs except templates; it identifies a reading. */
export function inputsDigest(
  workspaceRoot: string,
  manifests: readonly string[],
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
): string {
  const contents = manifests.flatMap(inputFilesOf).map((file) => [file, contentDigest(workspaceRoot, file)]);
  return sha256(JSON.stringify([options, inputVariables(environment), contents]));
}

/** A file that cannot be read is reported where it is read. */
function contentDigest(workspaceRoot: string, file: string): string {
  try {
    return sha256(readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }));
  } catch (error) {
    return String(error);
  }
}
