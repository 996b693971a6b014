import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the text that diagnostics point into: rendered Dockerfiles from memory, everything else from disk. */
export function sourceReader(
  workspaceRoot: string,
  rendered: ReadonlyMap<string, string>,
): (file: string) => string | undefined {
  return (file) => {
    const text = rendered.get(file);
    if (text !== undefined) return text;
    try {
      return readFileSync(join(workspaceRoot, file), 'utf8');
    } catch {
      return undefined;
    }
  };
}
