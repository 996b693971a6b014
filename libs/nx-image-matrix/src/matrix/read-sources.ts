import { join } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { decodeManifest, isImageMatrix, type FileReader, type ReadText } from '@nx-image-matrix/manifest';
import { LARGEST_SOURCE, readOptionalFile, readRegularFile, UnreadableFile } from '../fs/read-file.ts';
import { isManifestFolder } from '../workspace/manifests.ts';

/** A manifest: its text, absent for a folder; or an error. */
export type FoundManifest = { text: string | undefined } | { problem: Diagnostic };

/** A manifest, or `undefined` for a file or a folder of another program, which may have any encoding. */
export function readManifest(workspaceRoot: string, file: string, reader: FileReader): FoundManifest | undefined {
  if (isManifestFolder(file)) return isImageMatrix(undefined, file, reader) ? { text: undefined } : undefined;
  try {
    const { text, problem } = decodeManifest(
      readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }),
    );
    if (!isImageMatrix(text, file, reader)) return undefined;
    return problem ? { problem: { code: 'not-utf8', severity: 'error', file, ...problem } } : { text };
  } catch (error) {
    return { problem: unreadable(file, error) };
  }
}

/** The text of a file that a manifest includes. */
export function readText(workspaceRoot: string, file: string): ReadText {
  try {
    const bytes = readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot });
    const { text, problem } = decodeManifest(bytes);
    return problem ? { problem: { code: 'not-utf8', ...problem } } : { text };
  } catch (error) {
    return { problem: unreadable(file, error) };
  }
}

function unreadable(file: string, error: unknown): Diagnostic {
  if (!(error instanceof UnreadableFile)) throw error;
  const message = `${file} cannot be read: ${error.message}`;
  return { code: 'unreadable-file', severity: 'error', file, line: 1, column: 1, message };
}

/** The text of a file, if it exists; adds a diagnostic if it cannot be read. */
export function readOptionalSource(workspaceRoot: string, file: string, diagnostics: Diagnostic[]): string | undefined {
  try {
    return readOptionalFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot })?.toString('utf8');
  } catch (error) {
    diagnostics.push(unreadable(file, error));
    return undefined;
  }
}
