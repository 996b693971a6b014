import { statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../fs/replace-file.ts';

/**
 * Atomically writes a file, creating its folders; never through a symbolic link in the workspace.
 * @throws Error if the path is a folder or cannot be written to.
 */
export function writeReport(workspaceRoot: string, path: string, text: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${path} is a folder; the path of a file is needed, such as ${join(path, 'matrix.html')}.`);
  }
  replaceFile(workspaceRoot, path, text);
}
