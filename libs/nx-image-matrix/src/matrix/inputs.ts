import { join, posix } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { sha256 } from './generate-image.ts';
import { readOptionalSource } from './read-sources.ts';

/*
 * What the images of a manifest are made from: the manifest, the options of its entry, what is listed here, and templates
 * with all that these reach. Whoever makes something of an input asks for it by its name in these lists; the cache, stale
 * images and so `nx affected` go through the lists.
 */

/** Files beside the manifest, which may be missing. */
const files = { dockerignore: '.dockerignore' } as const;

/** Variables of the environment. */
const variables = ['IMAGE_VERSION'] as const;

type InputFile = keyof typeof files;

/** The workspace-relative path of an input beside a manifest. */
export function inputFile(manifest: string, name: InputFile): string {
  return posix.join(posix.dirname(manifest), files[name]);
}

/** The workspace-relative paths of a manifest and of all inputs beside it. */
export function inputFilesOf(manifest: string): string[] {
  return [manifest, ...Object.values(files).map((name) => posix.join(posix.dirname(manifest), name))];
}

/** The text of an input beside a manifest, if there is one; what keeps it from being read is added to the diagnostics. */
export function readInput(
  workspaceRoot: string,
  manifest: string,
  name: InputFile,
  diagnostics: Diagnostic[] = [],
): string | undefined {
  return readOptionalSource(workspaceRoot, inputFile(manifest, name), diagnostics);
}

/** The variables of the environment that images depend on. */
export function inputVariables(environment: NodeJS.ProcessEnv): Partial<Record<(typeof variables)[number], string>> {
  return Object.fromEntries(variables.map((name) => [name, environment[name]]));
}

/** A digest of all that images are made from beside templates: by it one reading is told from another. */
export function inputsDigest(
  workspaceRoot: string,
  manifests: readonly string[],
  options: ResolvedOptions,
  environment: NodeJS.ProcessEnv,
): string {
  const contents = manifests.flatMap(inputFilesOf).map((file) => [file, contentDigest(workspaceRoot, file)]);
  return sha256(JSON.stringify([options, inputVariables(environment), contents]));
}

/** A file that cannot be read is reported by whoever reads it. */
function contentDigest(workspaceRoot: string, file: string): string {
  try {
    return sha256(readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }));
  } catch (error) {
    return String(error);
  }
}
