import { join } from 'node:path';
import type { Diagnostic } from '@nx-image-matrix/diagnostics';
import { decodeManifest, isImageMatrix } from '@nx-image-matrix/manifest';
import { LARGEST_SOURCE, readOptionalFile, readRegularFile, UnreadableFile } from '../fs/read-file.ts';

/** The text of a manifest, or an error; a file of another program may have any encoding. */
export function readManifest(workspaceRoot: string, file: string): { text: string } | { problem: Diagnostic } | object {
  try {
    const { text, problem } = decodeManifest(
      readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }),
    );
    if (problem === undefined) return { text };
    return isImageMatrix(text) ? { problem: { code: 'not-utf8', severity: 'error', file, ...problem } } : {};
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
