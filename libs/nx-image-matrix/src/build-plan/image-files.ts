import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { messageOf } from '@nx-image-matrix/engine/unknown';
import type { ContextFile } from '@nx-image-matrix/engine';
import type { ContextReader } from '../build-context/context-files.ts';
import { LARGEST_GENERATED, readRegularFile, UnreadableFile } from '../fs/read-file.ts';
import type { ImageDocument } from '../types.ts';
import type { ImageFolder } from '../workspace/image-folders.ts';

/** The files that an image is built from. */
export interface ImageFiles {
  /** The Dockerfile and the other generated files that count. */
  files: { path: string; content: Buffer | string }[];
  context: ContextFile[];
  /** Short digests of both, by name. */
  digests: Record<string, string>;
}

/**
 * Reads the generated files of an image, and those of the copied paths (relative to the context) that enter the build.
 * @throws Error if one of them is missing.
 */
export async function readImageFiles(
  workspaceRoot: string,
  folder: ImageFolder,
  reader: ContextReader,
  copied: readonly string[],
): Promise<ImageFiles> {
  const dockerfile = readGenerated(workspaceRoot, folder, 'Dockerfile');
  const context = await reader.files(
    join(workspaceRoot, folder.contextDir),
    readGenerated(workspaceRoot, folder, 'Dockerfile.dockerignore'),
    copied,
  );
  const files = readExtraFiles(workspaceRoot, folder, dockerfile);
  const digests = {
    ...Object.fromEntries(files.map(({ path, content }) => [path, shortDigest(content)])),
    ...Object.fromEntries(
      context.map((file) => [file.path, shortDigest(`${file.mode} ${file.link ?? ''} ${file.digest}`)]),
    ),
  };
  return { files, context, digests };
}

/**
 * Reads an image's Dockerfile.
 * @throws Error if it is missing.
 */
export function readGeneratedDockerfile(workspaceRoot: string, folder: ImageFolder): string {
  return readGenerated(workspaceRoot, folder, 'Dockerfile');
}

/**
 * Reads an image's `image.json`.
 * @throws Error if it is missing or not JSON.
 */
export function readDocument(workspaceRoot: string, folder: ImageFolder): ImageDocument {
  const text = readGenerated(workspaceRoot, folder, 'image.json');
  try {
    return JSON.parse(text) as ImageDocument;
  } catch (error) {
    throw new Error(
      `${folder.root}/image.json is damaged; the docker-generate target of ${folder.project} writes it again.`,
      { cause: error },
    );
  }
}

/** Enough of a SHA-256 to detect a change. */
export function shortDigest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

function readExtraFiles(workspaceRoot: string, folder: ImageFolder, dockerfile: string): ImageFiles['files'] {
  const extraFiles = folder.files.filter(
    (path) => !['Dockerfile', 'Dockerfile.dockerignore', 'image.json'].includes(path),
  );
  const files: ImageFiles['files'] = [{ path: 'Dockerfile', content: dockerfile }];
  for (const path of extraFiles) files.push({ path, content: readFile(workspaceRoot, folder, path) });
  return files;
}

function readGenerated(workspaceRoot: string, folder: ImageFolder, name: string): string {
  return readFile(workspaceRoot, folder, name).toString('utf8');
}

function readFile(workspaceRoot: string, { root, project }: ImageFolder, name: string): Buffer {
  try {
    return readRegularFile(join(workspaceRoot, root, name), LARGEST_GENERATED, { within: workspaceRoot });
  } catch (error) {
    const isMissing = error instanceof UnreadableFile && error.isMissing;
    const reason = isMissing ? '' : `: ${messageOf(error)}`;
    throw new Error(`${root}/${name} cannot be read${reason}; the docker-generate target of ${project} writes it.`, {
      cause: error,
    });
  }
}
