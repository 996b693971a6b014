import { join } from 'node:path';
import { isObject } from '@nx-image-matrix/engine/unknown';
import type { AttestationSettings } from '@nx-image-matrix/manifest';
import type { ImageFolder } from '../workspace/image-folders.ts';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';
import { removeTemporaries, replaceFile } from '../fs/replace-file.ts';

/** The content of `dist/<project root>/build.json`. */
export interface BuildRecord {
  reference: string;
  tags: string[];
  imageId: string;
  buildId: string;
  /** Image ID of each own parent that it was built on, by reference. */
  parents?: Record<string, string>;
  /** Bytes, if the engine reports it. */
  size: number | null;
  platform: string | null;
  /** Milliseconds. */
  duration: number;
  engine: string;
  /** Where the image came from; absent in records of earlier versions. */
  from?: 'build' | 'engine' | 'staging';
  /** The same image in the staging repository, if it is there, with the digests of its own parents there. */
  staging?: { reference: string; digest: string; parents?: readonly string[] };
  /** What is attested of the image; absent if nothing. */
  attestations?: AttestationSettings;
  /** Whether it was built on purpose, although nothing had changed: it then replaces what is in staging. */
  forced?: true;
  /** Why the build was necessary. */
  reason: string;
  /** When the build ended, ISO 8601. */
  builtAt: string;
  ingredients: Record<string, string>;
  /** Pushed references with their digests in the registry. */
  pushed: Record<string, string>;
}

/** The record of the last build of an image; `undefined` if it is missing or invalid. */
export function readRecord(workspaceRoot: string, folder: ImageFolder): BuildRecord | undefined {
  try {
    const path = recordPath(workspaceRoot, folder);
    const text = readRegularFile(path, LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Atomically replaces the record of an image.
 * @throws Error that says why it cannot be written.
 */
export function writeRecord(workspaceRoot: string, folder: ImageFolder, record: BuildRecord): void {
  replaceFile(workspaceRoot, recordPath(workspaceRoot, folder), `${JSON.stringify(record, null, 2)}\n`);
}

/** Removes temporary files of processes that were killed while they wrote the record of an image. */
export function removeStaleRecords(workspaceRoot: string, folder: ImageFolder): void {
  removeTemporaries(workspaceRoot, recordPath(workspaceRoot, folder));
}

/** Checks the fields that decide about a build; the others are only shown. */
function isRecord(record: unknown): record is BuildRecord {
  if (!isObject(record)) return false;
  const { imageId, buildId, reference, pushed, parents = {}, staging, attestations = {} } = record;
  const isOne = [imageId, buildId, reference].every((value) => typeof value === 'string');
  return isOne && [pushed, parents, attestations].every(isObject) && (staging === undefined || isStaged(staging));
}

function isStaged(staging: unknown): boolean {
  return isObject(staging) && typeof staging['reference'] === 'string' && typeof staging['digest'] === 'string';
}

function recordPath(workspaceRoot: string, folder: ImageFolder): string {
  return join(workspaceRoot, 'dist', folder.root, 'build.json');
}
