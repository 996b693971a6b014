import { createContextFilter, withFolders, type FolderState } from './filter.ts';
import { includedPaths } from './context-files.ts';
import { readRules } from './rules.ts';

/**
 * Whether BuildKit sends a path of a context: one of the files that a Dockerfile copies (`sources`), with links
 * followed, and that its `Dockerfile.dockerignore` does not exclude. `contextDir` is absolute, the paths relative to it.
 */
export function createContextMatcher(
  contextDir: string,
  dockerignore: string,
  sources: readonly string[],
): (path: string) => boolean {
  const filter = createContextFilter(readRules(dockerignore).rules, includedPaths(contextDir, sources));
  return (path) => {
    let parent: FolderState | undefined;
    for (const folder of withFolders(path).slice(0, -1)) {
      const verdict = filter.enter(folder, parent);
      if (!filter.goesInto(folder, verdict)) return false;
      parent = verdict.state;
    }
    return filter.enter(path, parent).isIn;
  };
}
