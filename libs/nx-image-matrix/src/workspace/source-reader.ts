import { join } from 'node:path';
import { LARGEST_SOURCE, readRegularFile } from '../fs/read-file.ts';

/** Reads the text that diagnostics point into: rendered Dockerfiles from memory, everything else from disk. */
export function sourceReader(
  workspaceRoot: string,
  rendered: ReadonlyMap<string, string>,
): (file: string) => string | undefined {
  return (file) => {
    const text = rendered.get(file);
    if (text !== undefined) return text;
    try {
      return readRegularFile(join(workspaceRoot, file), LARGEST_SOURCE, { within: workspaceRoot }).toString('utf8');
    } catch {
      return undefined;
    }
  };
}
